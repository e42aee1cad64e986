using System.Net;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Somebody who has signed in at the office, as far as requests go. Pages come with their entities read.</summary>
internal sealed class OfficeBrowser(HttpClient client, string cookie)
{
    public async Task<(HttpStatusCode Status, string Html)> Get(string path)
    {
        var (status, source) = await Source(path);
        return (status, WebUtility.HtmlDecode(source));
    }

    /// <summary>The page as it came, entities and all.</summary>
    public async Task<(HttpStatusCode Status, string Html)> Source(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Send(request);
    }

    public async Task<(HttpStatusCode Status, string Html)> Post(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        var (status, source) = await Send(request);
        return (status, WebUtility.HtmlDecode(source));
    }

    private async Task<(HttpStatusCode Status, string Html)> Send(HttpRequestMessage request)
    {
        request.Headers.Add("Cookie", cookie);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
