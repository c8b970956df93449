// One sample forward and backward: 4 inputs, 12 parameters.
//
// The derivative of tanh is 1 − out²; computed otherwise: 1 − out² loses every digit where out rounds to 1.

const { abs, exp, tanh } = Math;

function sech2(x) {
  const exp_1 = exp(-2 * abs(x));
  const sum_1 = 1 + exp_1;
  return 4 * exp_1 / (sum_1 * sum_1);
}

// E.
export function forward(inputs, parameters) {
  const [x1, x2, t1, t2] = inputs;
  const [
    w1_1_1, w1_1_2, w1_2_1, w1_2_2, w1_3_1, w1_3_2, w2_1_1, w2_1_2, w2_1_3, w2_2_1, w2_2_2,
    w2_2_3,
  ] = parameters;

  // forward, layer 1
  const a1_1 = w1_1_1 * x1 + w1_1_2 * x2;
  const z1_1 = tanh(a1_1);
  const a1_2 = w1_2_1 * x1 + w1_2_2 * x2;
  const z1_2 = tanh(a1_2);
  const a1_3 = w1_3_1 * x1 + w1_3_2 * x2;
  const z1_3 = tanh(a1_3);

  // forward, layer 2
  const a2_1 = w2_1_1 * z1_1 + w2_1_2 * z1_2 + w2_1_3 * z1_3;
  const a2_2 = w2_2_1 * z1_1 + w2_2_2 * z1_2 + w2_2_3 * z1_3;

  // forward, loss
  const E = 0.5 * ((a2_1 - t1) ** 2 + (a2_2 - t2) ** 2);

  return E;
}

// E, and its derivative by each parameter.
export function gradient(inputs, parameters) {
  const [x1, x2, t1, t2] = inputs;
  const [
    w1_1_1, w1_1_2, w1_2_1, w1_2_2, w1_3_1, w1_3_2, w2_1_1, w2_1_2, w2_1_3, w2_2_1, w2_2_2,
    w2_2_3,
  ] = parameters;

  // forward, layer 1
  const a1_1 = w1_1_1 * x1 + w1_1_2 * x2;
  const z1_1 = tanh(a1_1);
  const a1_2 = w1_2_1 * x1 + w1_2_2 * x2;
  const z1_2 = tanh(a1_2);
  const a1_3 = w1_3_1 * x1 + w1_3_2 * x2;
  const z1_3 = tanh(a1_3);

  // forward, layer 2
  const a2_1 = w2_1_1 * z1_1 + w2_1_2 * z1_2 + w2_1_3 * z1_3;
  const a2_2 = w2_2_1 * z1_1 + w2_2_2 * z1_2 + w2_2_3 * z1_3;

  // forward, loss
  const difference_1 = a2_1 - t1;
  const difference_2 = a2_2 - t2;
  const E = 0.5 * (difference_1 ** 2 + difference_2 ** 2);

  // backward, layer 2
  const d2_1 = 0.5 * (2 * difference_1);
  const d2_2 = 0.5 * (2 * difference_2);
  const g_w2_1_1 = d2_1 * z1_1;
  const g_w2_1_2 = d2_1 * z1_2;
  const g_w2_1_3 = d2_1 * z1_3;
  const g_w2_2_1 = d2_2 * z1_1;
  const g_w2_2_2 = d2_2 * z1_2;
  const g_w2_2_3 = d2_2 * z1_3;

  // backward, layer 1
  const d1_1 = (d2_2 * w2_2_1 + d2_1 * w2_1_1) * sech2(a1_1);
  const d1_2 = (d2_2 * w2_2_2 + d2_1 * w2_1_2) * sech2(a1_2);
  const d1_3 = (d2_2 * w2_2_3 + d2_1 * w2_1_3) * sech2(a1_3);
  const g_w1_1_1 = d1_1 * x1;
  const g_w1_1_2 = d1_1 * x2;
  const g_w1_2_1 = d1_2 * x1;
  const g_w1_2_2 = d1_2 * x2;
  const g_w1_3_1 = d1_3 * x1;
  const g_w1_3_2 = d1_3 * x2;

  return [E, [
    g_w1_1_1, g_w1_1_2, g_w1_2_1, g_w1_2_2, g_w1_3_1, g_w1_3_2, g_w2_1_1, g_w2_1_2, g_w2_1_3,
    g_w2_2_1, g_w2_2_2, g_w2_2_3,
  ]];
}

// the recorded sample, to try it on: gradient(INPUTS, PARAMETERS)
export const INPUTS = [1, 2, 1, 1.15];
export const PARAMETERS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
