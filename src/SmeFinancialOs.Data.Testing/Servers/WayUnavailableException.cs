namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>One way to come by a server does not work here. The message is the reason, as it is told to the host.</summary>
internal sealed class WayUnavailableException(string reason, Exception? innerException = null) : Exception(reason, innerException);
