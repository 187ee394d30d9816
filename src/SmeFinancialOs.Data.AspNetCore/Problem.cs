using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>
/// A refusal as <see href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</see> problem details. Fixed sentences: nothing from the database,
/// nothing from the request.
/// </summary>
internal sealed record Problem(int Status, string Code, string Detail)
{
    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        // A client that accepts no JSON gets the status alone.
        await http.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new()
        {
            HttpContext = http,
            ProblemDetails = { Status = Status, Detail = Detail, Extensions = { ["code"] = Code } },
        }).ConfigureAwait(false);
    }
}
