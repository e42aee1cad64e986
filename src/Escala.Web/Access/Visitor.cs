using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;

namespace Escala.Web.Access;

/// <summary>Who looks at the office pages. Account null: whoever started the program on this computer, who sees everything.</summary>
public sealed record Visitor(Account? Account)
{
    private const string Key = "visitor";

    public bool SeesEverything => Account is null or { Role: Role.Administrator };

    public bool May(Act act) => Account?.Role.May(act) ?? true;

    public bool Sees(PlaceHistory places, string code, DateOnly day) => Account?.Covers(places, code, day) ?? true;

    /// <summary>Codes whose people are shown; null for everything, also what lies at places that are no more.</summary>
    /// <param name="programme">In force.</param>
    /// <param name="places">Of the programme.</param>
    /// <param name="asked">A place of the visitor's, with what lies below; null for all of them.</param>
    /// <param name="day">On which places lie as they do.</param>
    public IReadOnlySet<string>? Scope(Programme programme, PlaceHistory places, string? asked, DateOnly day)
    {
        if (asked is null && SeesEverything) return null;
        var codes = asked is null ? places.OfLevel(programme.Levels[^1], day).Select(p => p.Code) : places.Below(asked, programme.Levels[^1], day).Select(p => p.Code).Append(asked);
        return codes.Where(c => Sees(places, c, day)).ToHashSet(StringComparer.Ordinal);
    }

    public void Enter(HttpContext context) => context.Items[Key] = this;

    /// <summary>Who was let in; pages that are shown to nobody in particular see as nobody's account.</summary>
    public static Visitor? Of(HttpContext context) => context.Items[Key] as Visitor;
}
