using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmeFinancialOs.Data.AspNetCore;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>A fit value for every parameter, and something to call each member on, made anew each time.</summary>
internal sealed class ValidArguments(BadInputDatabase world)
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("bad-input-").FullName;
    private static int _names;

    /// <summary>Arguments that a call works with.</summary>
    public object?[] ArgumentsOf(Member member, ParameterInfo? except) =>
        [.. member.Parameters.Select(parameter => parameter == except ? null : ValueOf(parameter))];

    /// <summary>Receivers to try: where it matters, one of an admin too, whose coming is logged.</summary>
    public IEnumerable<(string Name, Func<ValueTask<object?>> Create)> ReceiversOf(Member member)
    {
        var type = member.Method.DeclaringType!;
        if (!member.NeedsReceiver)
            return [("", () => ValueTask.FromResult<object?>(null))];
        if (type == typeof(ITenantSession))
            return [("of a tenant", () => new(world.Factory.CreateSession(world.Tenant))),
                ("of an admin", () => new(world.Factory.CreateSession(BadInputDatabase.AdminContext)))];
        if (type == typeof(TenantSessionBase))
        {
            return
            [
                ("of a connection", () => CreateAsync(typeof(TenantConnection))), ("of a transaction", () => CreateAsync(typeof(TenantTransaction))),
                ("of an admin", () => new(world.Factory.BeginTransaction(BadInputDatabase.AdminContext))),
            ];
        }

        if (type == typeof(TenantTransaction))
            return [("of a tenant", () => new(world.Factory.BeginTransaction(world.Tenant))),
                ("of an admin", () => new(world.Factory.BeginTransaction(BadInputDatabase.AdminContext)))];
        if (type == typeof(OrganizationRepository))
            return [("of a tenant", () => CreateAsync(type)),
                ("of an admin", () => new(new OrganizationRepository(world.Factory.CreateSession(BadInputDatabase.AdminContext))))];
        return [("", () => CreateAsync(type))];
    }

    private object? ValueOf(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => TextOf(parameter),
        var type when type == typeof(object) => parameter.Name is "key" or "userId" ? "key" : null,
        var type when type == typeof(CancellationToken) => CancellationToken.None,
        var type when type == typeof(int) => 10,
        var type when type == typeof(Guid) => world.Invoice.Id,
        var type when type == typeof(TimeSpan) => TimeSpan.FromMinutes(1),
        var type when typeof(Delegate).IsAssignableFrom(type) && parameter.HasDefaultValue => null,
        var type when type.IsValueType && type != typeof(TenantKey) => parameter.HasDefaultValue ? parameter.DefaultValue : Activator.CreateInstance(type),
        var type => parameter is { HasDefaultValue: true } ? null : CreateAsync(type).AsTask().GetAwaiter().GetResult(),
    };

    private string? TextOf(ParameterInfo parameter) => parameter.Name switch
    {
        "sql" => "SELECT 1 AS first, 2 AS second, 3 AS third",
        "splitOn" => parameter.Member is MethodInfo method && method.GetGenericArguments().Length > 3 ? "second,third" : "second",
        "table" when parameter.Member.Name == nameof(ITenantSession.InsertManyAsync) => "public.invoices",
        "copyToCommand" => "COPY (SELECT 1) TO STDOUT",
        "connectionString" or "serverConnectionString" => world.Database.SuperuserConnectionString,
        "slug" => $"slug-{Interlocked.Increment(ref _names)}",
        "directory" => Folder,
        "domain" => "example.com",
        "keyId" => new ContextSealKeys(world.Database.SuperuserConnectionString).AddAsync().GetAwaiter().GetResult()[..8],
        "ruleId" => AuditAllowance.EveryRule,
        "json" => SnapshotAsync().GetAwaiter().GetResult().ToJson(),
        _ when parameter.HasDefaultValue => (string?)parameter.DefaultValue,
        _ => "name",
    };

    private async ValueTask<object?> CreateAsync(Type type) => type switch
    {
        _ when type == typeof(TenantConnectionFactory) => world.Factory,
        _ when type == typeof(TenantContext) => world.Tenant,
        _ when type == typeof(TenantKey) => world.Tenant.OrganizationId,
        _ when type == typeof(string[]) => new[] { "clerk" },
        _ when type == typeof(ITenantSession) => world.Factory.CreateSession(world.Tenant),
        _ when type == typeof(TenantConnection) => await world.Factory.OpenConnectionAsync(world.Tenant),
        _ when type == typeof(TenantTransaction) => world.Factory.BeginTransaction(world.Tenant),
        _ when type == typeof(TenantBatch) => Batch(),
        _ when type == typeof(TenantBatchResult<int>) => Batch().AddExecuteScalar<int>("SELECT 1"),
        _ when type == typeof(InvoiceRepository) => new InvoiceRepository(world.Factory.CreateSession(world.Tenant)),
        _ when type == typeof(OrganizationRepository) => new OrganizationRepository(world.Factory.CreateSession(world.Tenant)),
        _ when type == typeof(Invoice) => world.Invoice with { },
        _ when type == typeof(NewInvoice) =>
            new NewInvoice { Number = $"n{Interlocked.Increment(ref _names)}", CustomerName = "x", AmountCents = 1, IssuedAt = new DateOnly(2026, 1, 1) },
        _ when type == typeof(IReadOnlyCollection<NewInvoice>) => new[] { (NewInvoice)(await CreateAsync(typeof(NewInvoice)))! },
        _ when type == typeof(InvoiceCursor) => new InvoiceCursor(world.Invoice.IssuedAt, world.Invoice.Id),
        _ when type == typeof(IReadOnlyList<GuardAllowance>) => new[] { new GuardAllowance("public.countries", "the same for every tenant") },
        _ when type == typeof(NpgsqlDataSource) => world.App,
        _ when type == typeof(NpgsqlDataSourceBuilder) => new NpgsqlDataSourceBuilder(world.Database.AppConnectionString),
        _ when type == typeof(Stream) => new MemoryStream(),
        _ when type == typeof(Exception) => new InvalidOperationException(),
        _ when type == typeof(TenantScopeRunner) => new TenantScopeRunner(Services().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>()),
        _ when type == typeof(IServiceScopeFactory) => Services().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(),
        _ when type == typeof(Func<IServiceProvider, CancellationToken, Task>) => (IServiceProvider _, CancellationToken _) => Task.CompletedTask,
        _ when type == typeof(Func<Task>) => () => Task.CompletedTask,
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IEnumerable<>) => Array.CreateInstance(type.GetGenericArguments()[0], 0),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) => HostCode.EmptySequenceOf(type.GetGenericArguments()[0]),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(Func<>) => HostCode.Empty(type),
        { IsGenericType: true, Namespace: "System" } when type.Name.StartsWith("Func`", StringComparison.Ordinal) => HostCode.ReturningDefault(type),
        _ when type == typeof(IServiceCollection) => new ServiceCollection(),
        _ when type == typeof(IConfiguration) => new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionString", world.Database.AppConnectionString)])
            .Build(),
        _ when type == typeof(IApplicationBuilder) => new ApplicationBuilder(Services().AddTenantContext().BuildServiceProvider()),
        _ when type == typeof(IHealthChecksBuilder) => Services().AddHealthChecks(),
        _ when type == typeof(RouteHandlerBuilder) => new RouteHandlerBuilder([new Conventions()]),
        _ when type == typeof(IReadOnlyCollection<string>) => new[] { "public.invoices" },
        _ when type == typeof(TableProtection) => new TableProtection(world.Database.SuperuserConnectionString),
        _ when type == typeof(ContextSealKeys) => new ContextSealKeys(world.Database.SuperuserConnectionString),
        _ when type == typeof(SchemaMigrator) => new SchemaMigrator(world.Database.SuperuserConnectionString),
        _ when type == typeof(SchemaAudit) => new SchemaAudit(world.Database.SuperuserConnectionString),
        _ when type == typeof(AuditReport) => await new SchemaAudit(world.Database.SuperuserConnectionString).RunAsync(),
        _ when type == typeof(FixProof) => new FixProof(world.Database.SuperuserConnectionString),
        _ when type == typeof(MembershipTable) => new MembershipTable("public.members", "user_id", "org_id"),
        _ when type == typeof(SchemaSnapshot) => await SnapshotAsync(),
        _ when type == typeof(IsolationProbe) => new IsolationProbe(world.Database.SuperuserConnectionString),
        _ when type == typeof(MigrationLint) => new MigrationLint(world.Server.ConnectionString),
        _ when type == typeof(MigrationLintOptions) => new MigrationLintOptions { DisposableServer = true },
        _ when type == typeof(MigrationFixProof) => new MigrationFixProof(world.Server.ConnectionString, new() { DisposableServer = true }),
        _ when type == typeof(SchemaAuditOptions) || type == typeof(TenantSchemaOptions) => new SchemaAuditOptions(),
        _ when type == typeof(PostgresServer) => await PostgresServer.StartAsync(),
        _ when type == typeof(TenantDatabase) => await world.Server.CreateTenantDatabaseAsync(),
        _ when type == typeof(TenantAdminAttribute) => new TenantAdminAttribute("admins"),
        _ when type.GetConstructors().Any(constructor => constructor.GetParameters().All(parameter => parameter.HasDefaultValue)) => Activator.CreateInstance(
            type, BindingFlags.OptionalParamBinding | BindingFlags.Public | BindingFlags.Instance | BindingFlags.CreateInstance, binder: null,
            args: [], culture: null),
        _ =>
            throw new NotSupportedException($"ValidArguments.CreateAsync does not know how to make a {type}: add it there, "
                + "or name the type in Exemptions with the reason."),
    };

    private Task<SchemaSnapshot> SnapshotAsync() => SchemaSnapshot.ReadAsync(new SchemaAudit(world.Database.SuperuserConnectionString));

    private TenantBatch Batch()
    {
        var batch = world.Factory.CreateSession(world.Tenant).CreateBatch();
        batch.AddExecuteScalar<int>("SELECT 1");
        return batch;
    }

    private IServiceCollection Services() => new ServiceCollection().AddLogging()
        .AddTenantData(world.Database.AppConnectionString, options => options.AdminConnectionString = world.Database.AdminConnectionString);

    private sealed class Conventions : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
        }
    }
}
