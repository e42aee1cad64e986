import type { Pack } from "../registers/pack";
import { dayText, local, t } from "../texts/texts";

const known = { given: "field.given", family: "field.family", sex: "field.sex", birthDate: "field.birth", phone: "field.phone", village: "field.village", group: "field.group" } as const;

/** What a field of the profile is called, by the package or by us. */
export function fieldText(name: string, pack?: Pack): string {
  return local(pack?.person?.fields.find((f) => f.name === name)?.label) || (name in known ? t(known[name as keyof typeof known]) : name);
}

/** What was said of a field, as it is read. */
export function saidText(name: string, value: unknown): string {
  if (name === "sex") return t(value === "male" ? "sex.male" : "sex.female");
  return name === "birthDate" ? dayText(String(value)) : typeof value === "boolean" ? t(value ? "yes" : "no") : String(value ?? "–");
}
