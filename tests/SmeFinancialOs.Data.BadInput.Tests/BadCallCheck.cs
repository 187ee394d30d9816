using System.Reflection;
using Npgsql;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>One call with one bad argument, and everything that is wrong with what became of it.</summary>
internal sealed class BadCallCheck(BadInputDatabase world)
{
    private readonly ValidArguments _good = new(world);

    /// <summary>A net below what must not hang, not a measure of speed.</summary>
    public TimeSpan Patience { get; init; } = AwaitedCall.Patience;

    public async Task<IReadOnlyList<string>> CallAsync(Member member, ParameterInfo? parameter, InvalidArgument? bad)
    {
        var complaints = new List<string>();
        foreach (var (receiverName, create) in _good.ReceiversOf(member))
        {
            var before = await world.TracesAsync();
            var arguments = _good.ArgumentsOf(member, parameter);
            if (parameter is not null)
                arguments[parameter.Position] = bad!.Value();
            var receiver = await create();
            var fault = await AwaitedCall.RunAsync(member, receiver, arguments,
                member.IsSetter && bad is not null ? set => OptionsUse.OfAsync(set, world) : null, Patience);
            await AwaitedCall.DisposeAsync(receiver);
            var found = new List<string>();
            found.AddRange(Rules.Complaints(fault, before, await world.TracesAsync()));
            if (fault is not null)
                found.AddRange(Rules.Complaints(fault, Secrets()));
            if (bad is not null && !(bad.Name == "throws" && member.Method.IsGenericMethod && await FailsAnywayAsync(member, create)))
                found.AddRange(Rules.Complaints(fault, bad, member.NameOf(parameter!)));
            if (await Record.ExceptionAsync(world.RequireHealthAsync) is { } sick)
                found.Add($"spoils a connection: {sick.Message}");
            complaints.AddRange(found.Select(complaint => $"{receiverName} {complaint}".Trim()));
        }

        return complaints;
    }

    /// <summary>Rows that do not fit the type: the host's code is not reached.</summary>
    private async Task<bool> FailsAnywayAsync(Member member, Func<ValueTask<object?>> create)
    {
        var receiver = await create();
        var fault = await AwaitedCall.RunAsync(member, receiver, _good.ArgumentsOf(member, except: null));
        await AwaitedCall.DisposeAsync(receiver);
        return fault is not null;
    }

    private IEnumerable<string> Secrets() =>
        new[] { world.Database.AppConnectionString, world.Database.AdminConnectionString, world.Database.SuperuserConnectionString }
        .Select(text => new NpgsqlConnectionStringBuilder(text).Password!).Where(password => password?.Length > 8);
}
