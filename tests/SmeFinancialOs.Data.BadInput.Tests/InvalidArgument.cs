using System.Collections;
using System.Reflection;
using Npgsql;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>A value that no caller should give, and whether it can ever be fit.</summary>
/// <param name="Name">What a report calls it.</param>
/// <param name="Value">Makes it: some are used up by a call.</param>
/// <param name="MustBeRefused">It can never be fit. Otherwise it may work, or be refused as the rules say.</param>
internal sealed record InvalidArgument(string Name, Func<object?> Value, bool MustBeRefused)
{
    private const int Huge = 1_000_000;

    public static IEnumerable<InvalidArgument> For(Member member, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var required = !member.AllowsNull(parameter);
        if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null)
            yield return new("null", () => null, required);
        foreach (var bad in Of(Nullable.GetUnderlyingType(type) ?? type))
            yield return bad;
    }

    private static IEnumerable<InvalidArgument> Of(Type type) => type switch
    {
        _ when type == typeof(string) => Texts(),
        _ when type == typeof(TenantKey) =>
        [
            new("default", () => default(TenantKey), true), new("0", () => (TenantKey)0, true), new("blank", () => (TenantKey)" ", true),
            new("NUL", () => (TenantKey)"a\0", true), new("long", () => (TenantKey)new string('x', 1001), true),
        ],
        _ when type == typeof(Guid) => [new("empty", () => Guid.Empty, false)],
        _ when type == typeof(int) =>
            [new("min", () => int.MinValue, true), new("-1", () => -1, true), new("0", () => 0, true), new("max", () => int.MaxValue, false)],
        _ when type == typeof(long) => [new("min", () => long.MinValue, true), new("max", () => long.MaxValue, true)],
        _ when type == typeof(TimeSpan) =>
            [new("min", () => TimeSpan.MinValue, true), new("-2 ms", () => TimeSpan.FromMilliseconds(-2), true), new("0", () => TimeSpan.Zero, false),
                new("max", () => TimeSpan.MaxValue, false)],
        _ when type == typeof(DateOnly) => [new("min", () => DateOnly.MinValue, false), new("max", () => DateOnly.MaxValue, false)],
        _ when type == typeof(DateTimeOffset) => [new("min", () => DateTimeOffset.MinValue, false), new("max", () => DateTimeOffset.MaxValue, false)],
        _ when type.IsEnum => [new("99", () => Enum.ToObject(type, 99), true), new("-7", () => Enum.ToObject(type, -7), true)],
        _ when type == typeof(Stream) =>
            [new("closed", ClosedStream, true), new("read-only", () => new MemoryStream([], writable: false), true),
                new("one that fails", () => new FailingStream(), true)],
        _ when type == typeof(object) => Parameters(),
        _ when type == typeof(NpgsqlDataSource) => [new("disposed", DisposedDataSource, false)],
        _ when typeof(Delegate).IsAssignableFrom(type) => Delegates(type),
        _ when ElementOf(type) is { } element => Lists(element),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => Dictionaries(type.GetGenericArguments()),
        _ => [],
    };

    private static IEnumerable<InvalidArgument> Texts() =>
    [
        new("empty", () => "", true), new("blank", () => " \t", true), new("NUL", () => "a\0b", false), new("half a surrogate pair", () => "a\ud83d", false),
        new("huge", () => new string('x', Huge), false), new("quotes", () => "'\";--", false),
    ];

    /// <summary>What a statement is given for its parameters.</summary>
    private static IEnumerable<InvalidArgument> Parameters() =>
    [
        new("a number", () => 42, false), new("a text", () => "text", false), new("an empty list", Array.Empty<object>, false),
        new("a list with a null", () => new object?[] { null }, false),
        new("a value of no PostgreSQL type", () => new { value = new Uri("http://x/") }, false), new("a type", () => typeof(string), false),
        new("a delegate", () => (Action)(() => { }), false),
        new("a huge value", () => new { value = new string('x', Huge) }, false),
        new("a getter that throws", () => new { value = new Lazy<int>(() => throw new MarkedException()) }, false),
    ];

    private static IEnumerable<InvalidArgument> Delegates(Type type)
    {
        yield return new("throws", () => HostCode.Throwing(type), false);
        if (type.GetMethod("Invoke")!.ReturnType is { IsValueType: false } returned && returned != typeof(void))
            yield return new("returns null", () => HostCode.ReturningNull(type), typeof(Task) == returned);
    }

    private static IEnumerable<InvalidArgument> Lists(Type element)
    {
        yield return new("no element", () => Array.CreateInstance(element, 0), false);
        if (!element.IsValueType)
            yield return new("a null", () => Array.CreateInstance(element, 1), true);
        if (element == typeof(string))
        {
            yield return new("a blank", () => new[] { " " }, true);
            yield return new("a NUL", () => new[] { "a\0b" }, false);
            yield return new("half a surrogate pair", () => new[] { "a\ud83d" }, false);
        }
    }

    private static IEnumerable<InvalidArgument> Dictionaries(Type[] types)
    {
        object Create(params (object Key, object? Value)[] entries)
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(types))!;
            foreach (var (key, value) in entries)
                dictionary.Add(key, value);
            return dictionary;
        }

        yield return new("no entry", () => Create(), false);
        yield return new("a null", () => Create(("key", null)), true);
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType()) ? element : null;

    private static MemoryStream ClosedStream()
    {
        var stream = new MemoryStream();
        stream.Dispose();
        return stream;
    }

    private static NpgsqlDataSource DisposedDataSource()
    {
        var source = NpgsqlDataSource.Create("Host=localhost");
        source.Dispose();
        return source;
    }

    private sealed class FailingStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new MarkedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new MarkedException();
    }
}
