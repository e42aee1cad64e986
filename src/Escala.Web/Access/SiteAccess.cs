using Escala.Registry.Accounts;

namespace Escala.Web.Access;

/// <summary>By which door a route is reached.</summary>
public enum Door
{
    /// <summary>Anybody: files without data, and the way in.</summary>
    Open,

    /// <summary>A device with a token in its header; the endpoint asks for it.</summary>
    Field,

    /// <summary>A browser with a session, or the one that showed the token on this computer.</summary>
    Office,
}

/// <param name="Act">What is done there.</param>
/// <param name="Places">Names of the route's values or the query's keys that say about which place; without any the page itself shows the account's places alone.</param>
public sealed record SiteRule(Door Door, Act Act, params IReadOnlyList<string> Places)
{
    /// <summary>One of the places must be named, unless the account sees everything.</summary>
    public bool NamesPlace { get; init; }
}

/// <summary>The one table of routes and verbs: a route that is not here is closed to everybody, and a test fails.</summary>
public static class SiteAccess
{
    private static readonly Dictionary<(string Verb, string Route), SiteRule> s_table = new()
    {
        [("GET", "/")] = new(Door.Office, Act.ReadCounts),
        [("GET", "/district/{code}")] = new(Door.Office, Act.ReadCounts, "code"),
        [("GET", "/facility/{code}")] = new(Door.Office, Act.ReadCounts, "code"),
        [("GET", "/sheet/{code}")] = new(Door.Office, Act.ReadCounts, "code"),
        [("GET", "/measures")] = new(Door.Office, Act.Enter),
        [("GET", "/forms")] = new(Door.Office, Act.ReadPeople, "facility"),
        [("GET", "/forms/{form}")] = new(Door.Office, Act.ReadPeople, "facility"),
        [("GET", "/forms/{form}/answers")] = new(Door.Office, Act.ReadPeople, "facility"),
        [("GET", "/answer/{id}")] = new(Door.Office, Act.ReadPeople),
        [("GET", "/inbox")] = new(Door.Office, Act.Settle),
        [("POST", "/inbox")] = new(Door.Office, Act.Settle),
        [("GET", "/accounts")] = new(Door.Office, Act.Administer),
        [("POST", "/accounts")] = new(Door.Office, Act.Administer),
        [("GET", "/failed")] = new(Door.Office, Act.Enter),
        [("GET", "/api/cascade")] = new(Door.Office, Act.ReadCounts, "facility", "district") { NamesPlace = true },
        [("GET", "/assets/{name}")] = new(Door.Open, Act.Enter),
        [("GET", "/sign-in")] = new(Door.Open, Act.Enter),
        [("POST", "/sign-in")] = new(Door.Open, Act.Enter),
        [("POST", "/sign-out")] = new(Door.Office, Act.Enter),
        [("GET", "/field/{**path}")] = new(Door.Open, Act.Enter),
        [("POST", "/field/sign-in")] = new(Door.Open, Act.Enter),
        [("POST", "/field/sign-out")] = new(Door.Field, Act.Enter),
        [("GET", "/field/pack")] = new(Door.Field, Act.WriteEntries, "facility") { NamesPlace = true },
        [("POST", "/field/exchange/push")] = new(Door.Field, Act.WriteEntries),
        [("GET", "/field/exchange/pull")] = new(Door.Field, Act.ReadPeople, "facility") { NamesPlace = true },
        [("POST", "/field/exchange/common")] = new(Door.Field, Act.WriteEntries),
        [("POST", "/field/exchange/refused")] = new(Door.Field, Act.WriteEntries),
        [("GET", "/field/sheets")] = new(Door.Field, Act.ReadCounts, "district") { NamesPlace = true },
    };

    public static IEnumerable<(string Verb, string Route)> Routes => s_table.Keys;

    /// <summary>Null: closed.</summary>
    public static SiteRule? Of(string verb, string route) => s_table.GetValueOrDefault((verb == "HEAD" ? "GET" : verb, route));

    /// <summary>The rule of the endpoint that a request came to.</summary>
    public static SiteRule? Of(HttpContext context) => context.GetEndpoint() is RouteEndpoint endpoint ? Of(context.Request.Method, RouteOf(endpoint)) : null;

    public static string RouteOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.TrimStart('/');

    /// <summary>Places that the request names.</summary>
    public static IReadOnlyList<string> PlacesOf(SiteRule rule, HttpContext context) =>
        [.. rule.Places.Select(p => context.GetRouteValue(p)?.ToString() ?? context.Request.Query[p].ToString()).Where(p => p.Length > 0)];
}
