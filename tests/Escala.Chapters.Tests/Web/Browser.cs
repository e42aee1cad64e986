using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Escala.Chapters.Tests.Web;

/// <summary>A headless Chromium, spoken to over its own debugging protocol.</summary>
public sealed class Browser : IAsyncLifetime
{
    private readonly string _profile = Directory.CreateTempSubdirectory("escala-chromium").FullName;
    private readonly ClientWebSocket _socket = new();
    private Process? _process;
    private string _session = "";
    private int _last;

    public async ValueTask InitializeAsync()
    {
        string[] flags =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--user-data-dir=" + _profile, "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo("chromium", flags) { RedirectStandardError = true })!;
        var address = "";
        while (address.Length == 0)
        {
            var line = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("Chromium did not start");
            if (line.StartsWith("DevTools listening on ", StringComparison.Ordinal)) address = line["DevTools listening on ".Length..].Trim();
        }

        // Nobody reads on: a full pipe would stop the browser.
        _ = _process.StandardError.ReadToEndAsync();
        await _socket.ConnectAsync(new Uri(address), CancellationToken.None);
        var target = (await Call("Target.createTarget", new() { ["url"] = "about:blank" }))["targetId"]!.GetValue<string>();
        _session = (await Call("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!.GetValue<string>();
        await Call("Page.enable");
    }

    /// <summary>Opens a page with the cookie that lets in, and waits until it has loaded.</summary>
    public async Task Open(SiteUnderTest site, string path, int width, int height)
    {
        var root = site.Client.BaseAddress!;
        var cookie = site.Cookie.Split('=');
        await Call("Network.setCookie", new() { ["name"] = cookie[0], ["value"] = cookie[1], ["url"] = root.ToString() });
        await Call("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await Go(new Uri(root, path));
    }

    /// <summary>Opens an address as anybody would, and waits until it has loaded.</summary>
    public Task Go(Uri address) => Leave(() => Call("Page.navigate", new() { ["url"] = address.ToString() }));

    /// <summary>Runs a script that leads to another page (a form sent, a link followed), and waits until that has loaded.</summary>
    public Task Follow(string script) => Leave(() => Evaluate(script + "; 1"));

    public async Task<JsonNode?> Evaluate(string script)
    {
        var answer = await Call("Runtime.evaluate", new() { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } failed ? throw new InvalidOperationException(failed.ToJsonString()) : answer["result"]!["value"];
    }

    /// <summary>Presses a key and lets it go.</summary>
    public async Task Press(string key, int code)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
        {
            await Call("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = key, ["windowsVirtualKeyCode"] = code });
        }
    }

    public async Task<byte[]> Print() =>
        Convert.FromBase64String((await Call("Page.printToPDF", new() { ["preferCSSPageSize"] = true }))["data"]!.GetValue<string>());

    public async Task<byte[]> Picture() => Convert.FromBase64String(
        (await Call("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true }))["data"]!.GetValue<string>());

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_profile, recursive: true);
    }

    private async Task Leave(Func<Task> go)
    {
        await Evaluate("window.isLeft = true");
        await go();
        for (var loaded = false; !loaded;)
        {
            try
            {
                loaded = (await Evaluate("!window.isLeft && document.readyState === 'complete' && location.href !== 'about:blank'"))!.GetValue<bool>();
            }
            catch (InvalidOperationException)
            {
                // The page that was asked has gone.
            }
        }
    }

    private async Task<JsonObject> Call(string method, JsonObject? parameters = null)
    {
        var id = ++_last;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session.Length > 0) message["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            var answer = JsonNode.Parse(await Receive())!.AsObject();
            if (answer["id"]?.GetValue<int>() != id) continue;
            return answer["result"]?.AsObject() ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{method}: {answer["error"]}"));
        }
    }

    private async Task<string> Receive()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
