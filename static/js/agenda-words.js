// What Django put into the page for the scripts: where we are, the first rows, and all sentences in the user's language.
export const data = JSON.parse(document.querySelector("#agenda-data").textContent);

export function word(name, values = {}) {
  return data.words[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);
}
