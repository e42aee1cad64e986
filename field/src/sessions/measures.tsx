import type { Fact } from "../registers/pack";
import { isWhole, type Doubt } from "../registers/values";
import { local } from "../texts/texts";
import { DoubtNote } from "../visits/doubt-note";
import type { Values } from "../visits/visit-row";

/** What is measured at a session: the same facts as at a visit, written down as a row of the register. */
export function Measures(props: { facts: Fact[]; values: Values; doubts: ReadonlyMap<string, Doubt>; isConfirmed: (column: string) => boolean; onConfirm: (column: string) => void; onValues: (values: Values) => void }) {
  const put = (column: string, value: string) => props.onValues({ ...props.values, [column]: value });
  return (
    <div class="measures">
      {props.facts.map((fact) => {
        const shown = fact.type === "pair" ? fact.columns.slice(0, 2) : fact.columns.slice(0, 1);
        return (
          <div key={fact.name} class="measure">
            <span class="label">{local(fact.label)}{(fact.unit ?? "") !== "" && <span class="unit"> {fact.unit}</span>}</span>
            {shown.map((column, i) => (
              <input key={column} class="number" inputMode="decimal" value={props.values[column] ?? ""} aria-label={`${local(fact.label)} ${local(fact.partLabels?.[i])}`} onInput={(e) => {
                put(column, e.currentTarget.value);
                if (i === 0 && shown.length > 1 && isWhole(e.currentTarget.value)) (e.currentTarget.nextElementSibling as HTMLInputElement | null)?.focus();
              }} />
            ))}
            {shown.filter((c) => props.doubts.has(c)).map((column) => (
              <DoubtNote key={column} doubt={props.doubts.get(column)!} value={props.values[column] ?? ""} confirmed={props.isConfirmed(column)} onConfirm={() => props.onConfirm(column)} />
            ))}
          </div>
        );
      })}
    </div>
  );
}
