using System.Text;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>A TCP proxy in front of the server: counts round trips, rewrites what the server says, or cuts the line.</summary>
internal sealed class LoopbackProxy : TcpProxy
{
    private readonly Action<Memory<byte>>? _rewriteAnswer;
    private readonly byte[]? _counted;
    private int _roundTrips;
    private int _occurrences;

    public LoopbackProxy(string connectionString, Action<Memory<byte>>? rewriteAnswer = null, string? counted = null)
        : this(new NpgsqlConnectionStringBuilder(connectionString), rewriteAnswer, counted)
    {
    }

    private LoopbackProxy(NpgsqlConnectionStringBuilder target, Action<Memory<byte>>? rewriteAnswer, string? counted)
        : base(target.Host!, target.Port)
    {
        _rewriteAnswer = rewriteAnswer;
        _counted = counted is null ? null : Encoding.ASCII.GetBytes(counted);
        ConnectionString = ConnectionStringOf(target.ConnectionString);
    }

    public string ConnectionString { get; }

    /// <summary>How often the client began to send after the server had answered: what a distance between them would be paid for.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>How many messages of the client, as they arrived, had the text to be counted in them.</summary>
    public int Occurrences => Volatile.Read(ref _occurrences);

    protected override (Relay Request, Relay Answer) RelaysOfConnection()
    {
        var answered = true;
        return (sent =>
        {
            if (_counted is not null && sent.Span.IndexOf(_counted) >= 0)
                Interlocked.Increment(ref _occurrences);
            if (Interlocked.Exchange(ref answered, false))
                Interlocked.Increment(ref _roundTrips);
            return sent.Length;
        }, answer =>
        {
            _rewriteAnswer?.Invoke(answer);
            Volatile.Write(ref answered, true);
            return answer.Length;
        }
        );
    }
}
