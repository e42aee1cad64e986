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

    public void Enter(HttpContext context) => context.Items[Key] = this;

    /// <summary>Who was let in; pages that are shown to nobody in particular see as nobody's account.</summary>
    public static Visitor? Of(HttpContext context) => context.Items[Key] as Visitor;
}
