import { sourcesOf } from "./sources.mjs";

/** Words that begin a question, and so no statement. */
const QUESTION = /^(What|Whether|How|Where|Whose|Whom|Who|Which|When|Why)\b/;

/** The docstrings of a source that begin with a question's word, as `file:line: …`. */
export function questionsIn(file, source) {
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].flatMap(({ 1: text, index }) => {
    const opening = text.replace(/^[\s*]+/, "");
    const [word] = QUESTION.exec(opening) ?? [];
    if (word === undefined) return [];
    const line = source.slice(0, index).split("\n").length;
    return [`${file}:${line}: begins with ${word}, and is no statement`];
  });
}

/** The same of every source of every package and program, whether a reader gets to see it or not. */
export function allQuestions() {
  return sourcesOf("packages", "apps").flatMap(({ file, text }) => questionsIn(file, text));
}
