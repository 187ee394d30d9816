namespace SmeFinancialOs.Data.Cli;

/// <summary>Says on standard error what is being done, once it has taken two seconds. Only to a person: a log needs no progress.</summary>
internal sealed class Progress : IProgress<string>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Timer? _timer;
    private volatile string _step;

    internal Progress(string step)
    {
        _step = step;
        if (!Console.IsErrorRedirected)
            _timer = new Timer(_ => Console.Error.WriteLine($"sme-data: {_step} ..."), null, Patience, Patience);
    }

    public void Report(string value) => _step = value;

    public void Dispose() => _timer?.Dispose();
}
