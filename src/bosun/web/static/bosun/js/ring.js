// The sound of a reminder: two soft notes made here, no file. Browsers keep it back until somebody has clicked or typed.

let context = null;

/** The audio context, made late: a page that never rings costs nothing. */
function audio() {
  context ??= window.AudioContext ? new AudioContext() : null;
  return context;
}

/** Whether trying makes sense: somebody has touched this page, or came here from one of ours. */
const touched = () => navigator.userActivation?.hasBeenActive !== false || document.referrer.startsWith(location.origin);

/** True once a sound would be heard. */
export async function ready() {
  const held = touched() ? audio() : null;
  if (!held) return false;
  if (held.state !== "running") await Promise.race([held.resume().catch(() => null), new Promise((go) => setTimeout(go, 150))]);
  return held.state === "running";
}

/** Plays the two notes. */
export function ring() {
  const held = audio();
  const now = held.currentTime;
  const tone = held.createOscillator();
  const loud = held.createGain();
  tone.type = "sine";
  tone.frequency.setValueAtTime(659, now);
  tone.frequency.setValueAtTime(880, now + 0.16);
  loud.gain.setValueAtTime(0.0001, now);
  loud.gain.exponentialRampToValueAtTime(0.18, now + 0.03);
  loud.gain.setValueAtTime(0.18, now + 0.22);
  loud.gain.exponentialRampToValueAtTime(0.0001, now + 0.55);
  tone.connect(loud).connect(held.destination);
  tone.start(now);
  tone.stop(now + 0.6);
}
