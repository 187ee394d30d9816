using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Where statements go.</summary>
/// <param name="Connection">An open connection of a checked login.</param>
/// <param name="Transaction">A unit of work's; null where every round trip is a transaction of its own.</param>
/// <param name="Settings">What is sent in front of the statements; null where it is in force already.</param>
/// <param name="Context">Whose statements they are.</param>
/// <param name="IsBehindPooler">
/// Whether a row may be false that nothing has come after. When PgBouncer loses its server in mid-row it sends its error right behind the bytes it has passed on,
/// and they complete the row. What follows then is no message, and the connection ends.
/// </param>
internal readonly record struct SessionTarget(NpgsqlConnection Connection, NpgsqlTransaction? Transaction, ContextSettings? Settings, TenantContext Context, bool IsBehindPooler);
