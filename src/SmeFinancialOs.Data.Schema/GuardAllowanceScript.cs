using System.Text;
using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Puts one relation on the allowlist of the guard, in the transaction of the migration; the journal does not list it.</summary>
internal sealed class GuardAllowanceScript(GuardAllowance allowance, string role, int order)
    : SqlScript($"allow {allowance.Relation}", TextOf(allowance, role), new SqlScriptOptions { RunGroupOrder = order })
{
    internal string Relation { get; } = allowance.Relation;

    private static string TextOf(GuardAllowance allowance, string role) =>
        $"{role}SELECT app_guard.allow({Literal(allowance.Relation)}::pg_catalog.regclass, {Literal(allowance.Reason)}); RESET ROLE";

    /// <summary>In hexadecimal digits: DbUp splits a script at semicolons, and Npgsql and PostgreSQL read quotes by rules of their own.</summary>
    private static string Literal(string value) =>
        $"pg_catalog.convert_from(pg_catalog.decode('{Convert.ToHexString(Encoding.UTF8.GetBytes(value))}', 'hex'), 'UTF8')";
}
