using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Escala.Web.Field;

namespace Escala.Web.Pages;

/// <summary>A page beside the counts: people, what was written about them, and who may write. Knows the places of whoever looks, as they lie today.</summary>
public abstract class OfficePage(SheetReader reader, IEnumerable<FieldServer> fields) : SitePage(reader)
{
    private PlaceHistory? _places;
    private IReadOnlyList<PlaceRecord>? _facilities;

    /// <summary>Null where only counts are served.</summary>
    protected FieldServer? Field { get; } = fields.SingleOrDefault();

    protected Visitor Looking => Visitor.Of(HttpContext) ?? throw new InvalidOperationException("Nobody was let in");

    protected DateOnly Today => DateOnly.FromDayNumber(new LocalDays(Programme.Zone).On(Field!.Clock.Microseconds()));

    protected PlaceHistory Places => _places ??= new PlaceHistory(Programme.Places);

    /// <summary>Those of the scope.</summary>
    public IReadOnlyList<PlaceRecord> Facilities => _facilities ??= [.. Places.OfLevel(Programme.Levels[^1], Today).Where(f => Looking.Sees(Places, f.Code, Today))];

    /// <summary>Codes whose people are shown; null for everything, also what lies at places that are no more.</summary>
    /// <param name="asked">A place of the scope, with what lies below; null for all of it.</param>
    protected IReadOnlySet<string>? Scope(string? asked) => Looking.Scope(Programme, Places, asked, Today);

    public string PlaceName(string? code) => code is null ? "" : Places.On(code, Today)?.Name ?? code;

    /// <summary>An instant as it was at the programme's place.</summary>
    public string Instant(long microseconds) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), TimeZoneInfo.FindSystemTimeZoneById(Programme.Zone)).ToString("d MMM yyyy HH:mm", Language.Culture());

    protected T Read<T>(Func<Session, T> work) => Field!.Sessions.Read(work);

    /// <summary>Into the access log.</summary>
    protected void Note(string action, string? place, Guid? subject, long entries) =>
        Field!.Writer.Run(transaction => AccessLog.Add(transaction.Session, Field.Clock, Looking.Account?.Id, null, action, place, subject, entries));
}
