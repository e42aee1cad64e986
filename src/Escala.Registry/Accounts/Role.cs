namespace Escala.Registry.Accounts;

/// <summary>What somebody does in the programme. What a role may do stands in <see cref="Permissions"/>, where it may do it in the account's places.</summary>
public enum Role
{
    Clerk,
    Nurse,
    Facilitator,
    FacilityManager,
    Coordinator,
    Supervisor,
    Manager,
    Statistician,
    Economist,
    Coder,
    Viewer,
    Administrator,
}

public static class Roles
{
    private static readonly Dictionary<string, Role> s_words = Enum.GetValues<Role>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>As it is written at the command line, in tables and in exchange: facility-manager, supervisor (of a district), manager (of a province).</summary>
    public static string Word(this Role role) => role == Role.FacilityManager ? "facility-manager" : role.ToString().ToLowerInvariant();

    public static IEnumerable<string> Words => s_words.Keys;

    public static Role? Parse(string word) => s_words.TryGetValue(word, out var role) ? role : null;
}
