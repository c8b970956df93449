/** Each step in words, for those who hear the page. */

/** @import { View } from "../types.d.ts" */
import { heading, sentence } from "../model/step.js";
import { byId, write } from "./dom.js";

/** @returns {View} */
export function announcer() {
  const place = byId("announcement");
  let position = -1;
  return {
    render(shown) {
      if (position >= 0 && shown.state.position !== position) write(place, `${heading(shown)}: ${sentence(shown)}`);
      position = shown.state.position;
    },
  };
}
