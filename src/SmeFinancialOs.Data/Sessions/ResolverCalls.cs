using System.Text.RegularExpressions;
using Npgsql;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Calls of the functions that <c>app.create_resolver</c> has made, as the role that may do nothing else.</summary>
internal static partial class ResolverCalls
{
    public const string Single = "resolve_";
    public const string List = "tenants_of_";
    public const string Acceptance = "accept_";

    /// <summary>The tenants that a resolver returns for a key.</summary>
    /// <param name="factory">Of the database.</param>
    /// <param name="kind">How the function's name begins.</param>
    /// <param name="resolver">How it ends.</param>
    /// <param name="key">A value, or several.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<IReadOnlyList<TenantKey>> RunAsync(
        TenantConnectionFactory factory, string kind, string resolver, object key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentNullException.ThrowIfNull(key);
        if (!Name().IsMatch(resolver))
            throw new ArgumentException("The name of a resolver has 1 to 52 lower-case letters, digits or _, no digit first.", nameof(resolver));
        // A string[] is one value, of a column that is an array.
        IReadOnlyList<object> values = key.GetType() == typeof(object[]) ? (object[])key : [key];
        if (values.Count == 0 || values.Any(static value => value is null or DBNull or TenantKey { Fault: not null }))
            throw new ArgumentException("A key has a value for each column of its resolver, and none of them is null or no id.", nameof(key));

        var session = (TenantSession)factory.CreateSession(kind == Acceptance ? TenantContext.Acceptance : TenantContext.Resolver);
        var statement = new ResolverStatement(kind + resolver, values);
        try
        {
            await session.RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
            return statement.Result;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedFunction)
        {
            var arguments = await session.ExecuteScalarAsync<string>("""
                SELECT pg_catalog.pg_get_function_identity_arguments(p.oid) FROM pg_catalog.pg_proc p
                JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'app' AND p.proname = @function
                """, new { function = kind + resolver }, cancellationToken: cancellationToken).ConfigureAwait(false);
            throw arguments is null ? NotFound(kind + resolver, resolver, fault) : new ArgumentException(
                $"The key of resolver \"{resolver}\" has the types ({arguments}), and other values were given: {fault.MessageText}.", nameof(key), fault);
        }
        catch (InvalidCastException)
        {
            throw new ArgumentException($"A value of the key of resolver \"{resolver}\" is of a type that Npgsql cannot send: "
                + $"{string.Join(", ", values.Select(static value => value.GetType()))}.", nameof(key));
        }
    }

    private static ResolverNotFoundException NotFound(string function, string resolver, PostgresException fault) => new(
        $"The database has no function app.{function}. A migration makes it: " + (function.StartsWith(Acceptance, StringComparison.Ordinal)
            ? "SELECT app.create_acceptance('public.invitations', users => 'public.users');"
            : $"SELECT app.create_resolver('{resolver}', 'public.api_keys', columns => '{{key_hash}}', tenant_column => 'org_id'); "
                + "of a list of tenants the tenant column is among the columns."), fault);

    /// <summary>\z, because $ would let a trailing line feed through.</summary>
    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,51}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
