using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Where statements go.</summary>
/// <param name="Connection">An open connection of a checked login.</param>
/// <param name="Transaction">A unit of work's; null where every round trip is a transaction of its own.</param>
/// <param name="Settings">What is sent in front of the statements; null where it is in force already.</param>
/// <param name="Context">Whose statements they are.</param>
internal readonly record struct SessionTarget(NpgsqlConnection Connection, NpgsqlTransaction? Transaction, ContextSettings? Settings, TenantContext Context);
