using Escala.Programmes.Places;

namespace Escala.Registry.Accounts;

/// <summary>Somebody who may come in. <see cref="Places"/> are those of the scope, each with all that lies below; an administrator's is everything.</summary>
public sealed record Account(Guid Id, string Name, Role Role, IReadOnlyList<string> Places, bool IsDisabled)
{
    /// <summary>Places that the account had and has no more: what was said there, and comes late, is still taken.</summary>
    public IReadOnlyList<string> FormerPlaces { get; init; } = [];

    /// <summary>The place is in the scope as places lie on a day.</summary>
    public bool Covers(PlaceHistory places, string place, DateOnly day) => Role == Role.Administrator || Covers(Places, places, place, day);

    /// <summary>The place is in the scope, or was in an earlier one.</summary>
    public bool Covered(PlaceHistory places, string place, DateOnly day) => Covers(places, place, day) || Covers(FormerPlaces, places, place, day);

    private static bool Covers(IReadOnlyList<string> scope, PlaceHistory places, string place, DateOnly day)
    {
        for (var at = places.On(place, day); at is not null; at = at.ParentCode is { } parent ? places.On(parent, day) : null)
        {
            if (scope.Contains(at.Code, StringComparer.Ordinal)) return true;
        }

        return false;
    }
}
