namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The last lines a child wrote to stderr: what it said before it died.</summary>
internal sealed class ErrorTail
{
    private const int Kept = 20;

    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        // null: its end
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
                _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines)
            return _lines.Count == 0 ? "It wrote nothing to stderr." : string.Join(Environment.NewLine, _lines);
    }
}
