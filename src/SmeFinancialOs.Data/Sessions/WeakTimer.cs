namespace SmeFinancialOs.Data.Sessions;

/// <summary>A timer that does not keep alive what it is for: what a host has let go of is returned by a finalizer.</summary>
internal static class WeakTimer
{
    public static ITimer Start<T>(TimeProvider time, T target, Action<T> callback, TimeSpan due)
        where T : class =>
        time.CreateTimer(static state => ((State<T>)state!).Fire(), new State<T>(new(target), callback), due, Timeout.InfiniteTimeSpan);

    /// <param name="Target">What it is for.</param>
    /// <param name="Callback">A static one, which captures nothing.</param>
    private sealed record State<T>(WeakReference<T> Target, Action<T> Callback)
        where T : class
    {
        public void Fire()
        {
            if (Target.TryGetTarget(out var target))
                Callback(target);
        }
    }
}
