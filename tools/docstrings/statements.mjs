import { sourcesOf } from "./sources.mjs";

/** Words that begin a question, and so no statement. */
const QUESTION = /^(What|Whether|How|Where|Whose|Whom|Who|Which|When|Why)\b/;

/** The same of a parameter or an answer. */
const QUESTION_OF_TAG =
  /@(?:param +[\w.]+|returns) +(what|whether|how|where|whose|whom|who|which|when|why)\b/g;

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

/** The parameters and answers of a source that are told by a question, likewise. */
export function questionsOfTagsIn(file, source) {
  return [...source.matchAll(QUESTION_OF_TAG)].map(({ 0: tag, 1: word, index }) => {
    const line = source.slice(0, index).split("\n").length;
    return `${file}:${line}: ${tag.slice(0, -word.length).trim()} begins with ${word}, and is no statement`;
  });
}

/** All of the first kind in every source of every package and program; of the second, in packages. */
export function allQuestions() {
  return [
    ...sourcesOf("packages", "apps").flatMap(({ file, text }) => questionsIn(file, text)),
    ...sourcesOf("packages").flatMap(({ file, text }) => questionsOfTagsIn(file, text)),
  ];
}
