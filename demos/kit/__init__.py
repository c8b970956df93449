"""What the demos share: their record and command line, sections and tables on the screen, checks, a paper's numbers."""
