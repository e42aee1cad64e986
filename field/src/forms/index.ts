export { isAsked } from "./definition.js";
export type { Choice, ChoiceList, Expr, FormDefinition, FormItem, FormText } from "./definition.js";
export type { FormEnvironment } from "./evaluator.js";
export { FormSession, type AnswerProblem, type Answers, type FormState, type OfferedChoice } from "./session.js";
