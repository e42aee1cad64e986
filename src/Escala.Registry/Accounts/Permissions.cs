namespace Escala.Registry.Accounts;

/// <summary>What can be done in Escala, as far as somebody may be kept from it.</summary>
public enum Act
{
    /// <summary>Come in, go out, read texts and definitions: no figure of a place and nobody's data.</summary>
    Enter,

    /// <summary>Counts of places: sheets, funnels, completeness.</summary>
    ReadCounts,

    /// <summary>People and their rows, by name.</summary>
    ReadPeople,

    /// <summary>Say something about people and sessions: entries of a device.</summary>
    WriteEntries,

    /// <summary>Settle what was refused, merge people, take imports.</summary>
    Settle,

    /// <summary>Accounts, devices, programmes, erasures.</summary>
    Administer,
}

/// <summary>The one table that says who may do what. An act needs a place of the account's scope unless the act has no place at all.</summary>
public static class Permissions
{
    private static readonly Dictionary<Role, HashSet<Act>> s_table = new()
    {
        [Role.Clerk] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries, Act.Settle],
        [Role.Nurse] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries, Act.Settle],
        [Role.Facilitator] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries],
        [Role.FacilityManager] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries, Act.Settle],
        [Role.Coordinator] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries, Act.Settle],
        [Role.Supervisor] = [Act.Enter, Act.ReadCounts, Act.ReadPeople, Act.WriteEntries, Act.Settle],
        [Role.Manager] = [Act.Enter, Act.ReadCounts],
        // De-identified rows only, which are exported and not looked at here.
        [Role.Statistician] = [Act.Enter, Act.ReadCounts],
        [Role.Economist] = [Act.Enter, Act.ReadCounts],
        [Role.Coder] = [Act.Enter],
        [Role.Viewer] = [Act.Enter, Act.ReadCounts],
        [Role.Administrator] = [.. Enum.GetValues<Act>()],
    };

    public static bool May(this Role role, Act act) => s_table[role].Contains(act);
}
