using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>The sample host as a process of its own, on a free port of the loopback interface.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? _client;

    private SampleHost(Process process) => _process = process;

    /// <summary>Everything it said so far.</summary>
    public string Output => string.Join('\n', _lines);

    public HttpClient Client => _client ?? throw new InvalidOperationException("The host has not started.");

    public static async Task<SampleHost> StartAsync(IReadOnlyDictionary<string, string?> configuration)
    {
        var start = new ProcessStartInfo(await SampleBuild.GetProgramAsync(), ["--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = SampleBuild.ProjectFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // as in production, whatever the machine of a developer says
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name == "DOTNET_ENVIRONMENT")
            .ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in configuration)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        var host = new SampleHost(Process.Start(start)!);
        host.Listen();
        try
        {
            host._client = new HttpClient { BaseAddress = new Uri(await host._address.Task.WaitAsync(TimeSpan.FromMinutes(1))) };
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? token = null, string? body = null,
        CancellationToken cancellationToken = default, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request, cancellationToken);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.Location,
            await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public Task<Answer> GetAsync(string path, string? token = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, token, headers: headers);

    public Task<Answer> PostAsync(string path, string? token, string? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, token, body, headers: headers);

    public Task<Answer> DeleteAsync(string path, string? token, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, path, token, headers: headers);

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
            Signal("TERM");
        try
        {
            // longer than a host gives its requests
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Listen()
    {
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The sample host ended:\n" + Output));
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var start)
            _address.TrySetResult(line[(start + Listening.Length)..]);
    }
}
