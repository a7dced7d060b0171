// Talking to the server from scripts. Every answer that is not one of ours becomes an error with a sentence.
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

export class Away extends Error {}

export async function read(url) {
  return answer(await reach(url, { headers: { Accept: "application/json" } }));
}

export async function post(url, fields) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  return answer(await reach(url, { method: "POST", headers, body: new URLSearchParams(fields) }));
}

async function reach(url, options) {
  try {
    return await fetch(url, { ...options, redirect: "manual", credentials: "same-origin" });
  } catch {
    throw new Away("away");
  }
}

async function answer(response) {
  if (response.type === "opaqueredirect") throw new Away("gone");
  if (!response.ok) throw new Away("away");
  return response.json();
}
