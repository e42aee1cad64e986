using Escala.Capture.Registers;
using Escala.Platform.Texts;

namespace Escala.Capture.Proposals;

/// <summary>Exports whose columns are their system's own, whatever a programme asks in them.</summary>
/// <param name="Title">What the system calls it.</param>
/// <param name="Telling">Columns by which such a file is known.</param>
/// <param name="Person">Column, system and whether the number is its facility's own; where the system has one.</param>
/// <param name="RowId">The system's own id of a row, under the names that it has had.</param>
/// <param name="Dates">Moments that the system writes itself.</param>
internal sealed record SourceKind(LocalText Title, IReadOnlyList<string> Telling, IReadOnlyList<(string Column, string System, bool IsOfFacility)> Person, IReadOnlyList<string> RowId, IReadOnlyList<string> Dates)
{
    private static readonly SourceKind[] s_known =
    [
        new(new LocalText("Lista nominal do HEARTS360", "Lista nominal de HEARTS360", "HEARTS360 line list"), ["Patient ID", "Facility", "Visit Time"], [("Patient ID", "hearts360", true)], [], ["Visit Time"]),
        new(new LocalText("Formulário do CommCare", "Formulario de CommCare", "CommCare form export"), ["formid", "received_on"], [("form.case.@case_id", "commcare-case", false), ("caseid", "commcare-case", false)], ["formid"], ["completed_time", "started_time", "received_on"]),
        new(new LocalText("Formulário do CommCare", "Formulario de CommCare", "CommCare form export"), ["formid", "completed_time"], [("form.case.@case_id", "commcare-case", false), ("caseid", "commcare-case", false)], ["formid"], ["completed_time", "started_time"]),
        new(new LocalText("Casos do CommCare", "Casos de CommCare", "CommCare case export"), ["caseid", "closed"], [("caseid", "commcare-case", false)], ["caseid"], ["last_modified_date", "last_modified", "server_last_modified_date", "opened_date", "date_opened", "closed_date", "date_closed"])
        {
            IsOfStates = true,
        },
        new(new LocalText("Formulário do ODK", "Formulario de ODK", "ODK form"), ["KEY", "SubmissionDate"], [], ["KEY", "meta-instanceID"], ["SubmissionDate", "start", "end", "today"]),
        new(new LocalText("Formulário do Kobo", "Formulario de Kobo", "Kobo form"), ["_uuid", "_submission_time"], [], ["_uuid"], ["_submission_time", "start", "end", "today"]),
    ];

    /// <summary>A row is the latest state of something, not what was done on a day.</summary>
    public bool IsOfStates { get; init; }

    /// <summary>The system writes the column itself: it answers no question of the programme's.</summary>
    public bool IsOwn(string column) => Dates.Concat(RowId).Contains(column, StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the columns of one of them stand in a file; null for none.</summary>
    public static TablePlace? PlaceIn(FileHead file) => s_known.Select(k => file.With(k.Telling)).FirstOrDefault(p => p is not null);

    public static SourceKind? Of(SourceHead head) => s_known.FirstOrDefault(k => k.Telling.All(t => head[t] is not null));
}
