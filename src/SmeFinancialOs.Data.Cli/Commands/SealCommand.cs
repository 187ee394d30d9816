using System.CommandLine;
using System.Globalization;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli.Commands;

internal static class SealCommand
{
    internal static Command Create() =>
        new("seal", "The keys that hosts sign their contexts with. Once every host has one, \"sme-data migrate --seal\" "
            + "makes the database ask for it.") { Add(), List(), Retire() };

    private static ToolCommand Add()
    {
        var connection = new ConnectionOption();
        return new ToolCommand("add", "Makes a key, puts it in force and prints it: a secret, for TenantConnectionOptions.SealKey. It is not shown again.",
            "  sme-data seal add > /run/secrets/tenant-seal-key",
            async (parsed, cancellationToken) =>
            {
                Console.WriteLine(await new ContextSealKeys(connection.Resolve(parsed)).AddAsync(cancellationToken));
                return ExitCode.Clean;
            })
        { connection };
    }

    private static ToolCommand List()
    {
        var connection = new ConnectionOption();
        return new ToolCommand("list", "The keys, without their secrets: id, when it was added, when it was retired.", "  sme-data seal list",
            async (parsed, cancellationToken) =>
        {
            foreach (var key in await new ContextSealKeys(connection.Resolve(parsed)).ListAsync(cancellationToken))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{key.Id}  added {key.AddedAt:u}  {(key.RetiredAt is { } retired ? $"retired {retired:u}" : "in force")}"));
            return ExitCode.Clean;
        })
        { connection };
    }

    private static ToolCommand Retire()
    {
        var id = new Argument<string>("id") { Description = "The first eight characters of the key." };
        var connection = new ConnectionOption();
        return new ToolCommand("retire", "Takes a key out of force: what was signed with it is refused from now on.", "  sme-data seal retire 1f0c9a52",
            async (parsed, cancellationToken) =>
        {
            await new ContextSealKeys(connection.Resolve(parsed)).RetireAsync(parsed.GetValue(id)!, cancellationToken);
            Console.WriteLine($"retired {parsed.GetValue(id)}");
            return ExitCode.Clean;
        })
        { id, connection };
    }
}
