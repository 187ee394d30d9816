using System.Data;

namespace SmeFinancialOs.Data.Logins;

/// <summary>What the check of a login has found, where nothing speaks against using it.</summary>
/// <param name="Settings">The settings, with whose they are, that it has by default, that do no harm and that nobody has allowed.</param>
/// <param name="IsolationLevel">Its <c>default_transaction_isolation</c>.</param>
internal readonly record struct LoginFindings(IReadOnlyList<string> Settings, IsolationLevel IsolationLevel);
