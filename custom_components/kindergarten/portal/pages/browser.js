// What this browser is and can.

/** Apps that open links in a browser of their own, with cookies of their own. */
const INSIDE = /** @type {const} */ ([
  ["Instagram", /Instagram/],
  ["Facebook", /FBAN|FBAV|FB_IAB|FBIOS|MessengerForiOS/],
  ["WhatsApp", /WhatsApp/],
  ["Telegram", /Telegram/],
  ["TikTok", /TikTok|musical_ly|BytedanceWebview|trill_/],
  ["VK", /VKAndroidApp|VKClient|com\.vk\.|VK\/\d/],
  ["Odnoklassniki", /OKApp|ok_android|odnoklassniki/i],
  ["Viber", /Viber/],
  ["LINE", /\bLine\//],
  ["Snapchat", /Snapchat/],
  ["WeChat", /MicroMessenger/],
  ["Google", /\bGSA\//],
]);

/** @param {string} agent */
export const isApple = (agent = navigator.userAgent) =>
  /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);

/**
 * The app in which this page is shown: its name, "" for one we cannot name, null for a real browser.
 * @param {string} [agent]
 * @returns {string | null}
 */
export function insideApp(agent = navigator.userAgent) {
  for (const [name, sign] of INSIDE) if (sign.test(agent)) return name;
  if ("TelegramWebview" in window || "TelegramWebviewProxy" in window) return "Telegram";
  if (/; wv\)/.test(agent)) return "";
  const ownIcon = "standalone" in navigator && navigator.standalone === true;
  return /iPhone|iPad|iPod/.test(agent) && !/Safari\//.test(agent) && !ownIcon ? "" : null;
}

/** Whether this browser has what every page needs. */
export const canShowPages = () => "replaceChildren" in Element.prototype && "randomUUID" in crypto && "HTMLDialogElement" in window;

/** Whether the parent asked the phone to save data. */
export const savesData = () =>
  /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection?.saveData === true;

/** Whether moving things should keep still. */
export const keepsStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
