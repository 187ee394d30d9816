using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>Both kinds of databases on one server, and the comparison of them.</summary>
public class Model : IAsyncLifetime
{
    private const int CasesOfASchema = 20;

    private readonly Tenants _ids;
    private readonly TenantKeyType _type;
    private readonly List<NpgsqlConnection> _tenants = [];
    private TenantDatabase _database = null!;
    private NpgsqlConnection _superuser = null!;
    private string _reset = null!;

    public Model()
        : this(TenantKeyType.Uuid)
    {
    }

    protected Model(TenantKeyType type) => (_type, _ids) = (type, new(type));

    /// <summary>Sequences that were compared so far.</summary>
    internal int Cases { get; private set; }

    /// <summary>How often each kind of answer was the right one.</summary>
    internal Dictionary<string, int> Answers { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.StartAsync();
        _database = await server.CreateTenantDatabaseAsync(new() { TenantType = _type });
        _superuser = new NpgsqlConnection(_database.SuperuserConnectionString);
        await _superuser.OpenAsync();
        if (_type != TenantKeyType.Uuid)
            await _superuser.RunAsync($"SELECT app.use_demo({_ids.Literal(Tenants.Demo)})");
        await _superuser.RunAsync("DO $$ BEGIN CREATE ROLE separate NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        for (var tenant = 0; tenant < Tenants.Count; tenant++)
        {
            var connection = new NpgsqlConnection(_database.SuperuserConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await connection.RunAsync($"SET ROLE separate; SET search_path = {SeparateDatabases.SchemaOf(tenant)}");
            _tenants.Add(connection);
        }

        // What visitors of the demo find.
        var demo = _ids.Literal(Tenants.Demo);
        var rows = string.Concat(new[] { "public", SeparateDatabases.SchemaOf(Tenants.Demo) }.Select(schema =>
            $"INSERT INTO {schema}.parent (org_id, id, code, a) VALUES ({demo}, 1, 'a', 1), ({demo}, 2, 'b', 2);"
            + $"INSERT INTO {schema}.child (org_id, id, parent_id, a) VALUES ({demo}, 1, 1, 0), ({demo}, 3, 2, NULL);"));
        _reset = string.Concat(Enumerable.Range(0, Tenants.Count).Select(SeparateDatabases.SchemaOf).Append("public")
            .Select(schema => $"DELETE FROM {schema}.child; DELETE FROM {schema}.parent;")) + rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _tenants.Append(_superuser))
            await connection.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Compares as many random sequences, over random schemas; stops at the first difference.</summary>
    /// <param name="seed">The same seed, the same sequences.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="weaken">What is done to the shared tables once they are made.</param>
    /// <returns>The difference, shrunk; null when there is none.</returns>
    internal async Task<Difference?> CompareAsync(int seed, int sequences, string? weaken = null)
    {
        for (var done = 0; done < sequences; done += CasesOfASchema)
        {
            var schemaSeed = seed + done;
            var schema = Schema.Create(_ids, new Random(schemaSeed));
            await SharedDatabase.CreateAsync(_superuser, schema);
            await SeparateDatabases.CreateAsync(_superuser, schema);
            if (weaken is not null)
                await _superuser.RunAsync(weaken);
            if (Compare(schema, schemaSeed, Math.Min(CasesOfASchema, sequences - done)) is { } difference)
                return difference;
        }

        return null;
    }

    private Difference? Compare(Schema schema, int seed, int sequences)
    {
        var shared = new SharedDatabase(_database.Factory, _superuser, _ids);
        var separate = new SeparateDatabases(_tenants);
        Difference? smallest = null;
        var property = Prop.ForAll(Case.Of(schema), one =>
        {
            Cases++;
            var difference = CompareAsync(shared, separate, one).GetAwaiter().GetResult();
            if (difference is null)
                return true;
            // FsCheck goes on from whatever differs still, so the last one is the smallest.
            smallest = new Difference(seed, schema, one, difference);
            return false;
        });
        // Gamma has to be odd.
        var config = Config.Quick.WithMaxTest(sequences).WithReplay((ulong)seed, 1).WithQuietOnSuccess(true).WithRunner(new SilentRunner());
        Check.One(config, property);
        return smallest;
    }

    private async Task<string?> CompareAsync(SharedDatabase shared, SeparateDatabases separate, Case one)
    {
        await _superuser.RunAsync(_reset);
        foreach (var step in one.Steps)
        {
            var (isSo, shouldBe) = (await shared.RunAsync(step), await separate.RunAsync(step));
            foreach (var answer in shouldBe.Split("; ").Select(KindOf))
                Answers[answer] = Answers.GetValueOrDefault(answer) + 1;
            if (isSo != shouldBe)
                return $"{step}\nsays:      {isSo}\nshould be: {shouldBe}";
        }

        for (var tenant = 0; tenant < Tenants.Count; tenant++)
        {
            var (isSo, shouldBe) = (await shared.ContentAsync(tenant), await separate.ContentAsync(tenant));
            if (isSo != shouldBe)
                return $"in the end tenant {tenant}\nhas:       {isSo}\nshould be: {shouldBe}";
        }

        return null;
    }

    private static string KindOf(string answer) => answer switch
    {
        "rows: " => "no rows",
        "written: 0" => "nothing written",
        _ when answer.StartsWith("refused", StringComparison.Ordinal) => answer,
        _ => answer[..answer.IndexOf(':', StringComparison.Ordinal)],
    };

    /// <summary>What FsCheck would write to the console is in the difference.</summary>
    private sealed class SilentRunner : IRunner
    {
        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, Microsoft.FSharp.Collections.FSharpList<object> args,
            Microsoft.FSharp.Core.FSharpFunc<int, Microsoft.FSharp.Core.FSharpFunc<Microsoft.FSharp.Collections.FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(Microsoft.FSharp.Collections.FSharpList<object> args,
            Microsoft.FSharp.Core.FSharpFunc<Microsoft.FSharp.Collections.FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, FsCheck.TestResult testResult)
        {
        }
    }
}

/// <summary>A sequence that is answered otherwise than it should be.</summary>
internal sealed record Difference(int Seed, Schema Schema, Case Case, string What)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {Seed}\n{Schema.Ddl("..")}\n{Case}\n\n{What}");
}
