/** Something begun and not saved: a visit, a correction, a registration, a page, a session, a form. */
export interface Draft {
  key: string;
  kind: string;
  person: string;
  label: string;
  values: Record<string, unknown>;
  changed: number;
}
