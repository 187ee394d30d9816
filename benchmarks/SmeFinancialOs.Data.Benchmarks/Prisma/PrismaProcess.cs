using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The child process: a line of JSON in, a line of JSON out. It ends by itself when its stdin does, so it cannot outlive this process.</summary>
internal sealed class PrismaProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ErrorTail _errors = new();
    private readonly Process _process;

    public PrismaProcess(string node, string folder)
    {
        var start = new ProcessStartInfo(node, [PrismaFiles.Program])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        _process.BeginErrorReadLine();
    }

    public async Task WriteAsync(object line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(line));
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw await DeathAsync();
        }
    }

    /// <summary>Asks, and waits for the answer: one question at a time.</summary>
    /// <exception cref="InvalidOperationException">It answered with an error, or died.</exception>
    public async Task<JsonElement> AskAsync(object command)
    {
        await WriteAsync(command);
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw await DeathAsync();
        var answer = JsonSerializer.Deserialize<JsonElement>(line);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"The Prisma program answered {JsonSerializer.Serialize(command)} with an error: {error.GetString()}")
            : answer;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // With its stdin closed it disconnects and goes; it has a moment to do so.
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<InvalidOperationException> DeathAsync()
    {
        // Only then is all of stderr read.
        await _process.WaitForExitAsync();
        return new InvalidOperationException($"The Prisma program ended with exit code {_process.ExitCode}.{Environment.NewLine}{_errors}");
    }
}
