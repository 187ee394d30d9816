namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>A clock that stands still until a test moves it. Timers fire on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private long _now;

    /// <summary>How many timers were ever asked for, and how many of them wait.</summary>
    public (int Created, int Waiting) Timers
    {
        get
        {
            lock (_lock)
                return (_timers.Count, _timers.Count(timer => timer.IsWaiting));
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        period.Should().Be(Timeout.InfiniteTimeSpan, "nothing repeats");
        var timer = new Timer(callback, state, GetTimestamp() + dueTime.Ticks);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        var now = Interlocked.Add(ref _now, time.Ticks);
        Timer[] timers;
        lock (_lock)
            timers = [.. _timers];
        foreach (var timer in timers)
            timer.FireIfDue(now);
    }

    private sealed class Timer(TimerCallback callback, object? state, long due) : ITimer
    {
        public bool IsWaiting { get; private set; } = true;

        public void FireIfDue(long now)
        {
            if (!IsWaiting || now < due)
                return;
            IsWaiting = false;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => IsWaiting = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
