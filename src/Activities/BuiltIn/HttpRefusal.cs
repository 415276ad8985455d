using System.Text;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Why a request was refused.</summary>
/// <param name="Outcome">Outcome of the activity where it is exposed.</param>
/// <param name="StatusCode">Answer to the sender where it is not.</param>
/// <param name="Code">Code of the fault where no wait can go on.</param>
/// <param name="Message">A sentence.</param>
internal sealed record HttpRefusal(string Outcome, int StatusCode, string Code, string Message)
{
    public const string RequestTooLarge = "Request too large";
    public const string FileTooLarge = "File too large";
    public const string InvalidExtension = "Invalid file extension";
    public const string InvalidMimeType = "Invalid file MIME type";

    public static HttpRefusal Unreadable(string why) =>
        new("", 400, "http.unreadable-body", $"The body of the request says that it is JSON, but it cannot be read: {why}");

    public static HttpRefusal TooLarge(long limitBytes) =>
        new(RequestTooLarge, 413, "http.request-too-large", $"The maximum request size allowed is {limitBytes} bytes.");

    public static HttpRefusal FileIsTooLarge(long limitBytes) =>
        new(FileTooLarge, 413, "http.file-too-large", $"The maximum file size allowed is {limitBytes} bytes.");

    public static HttpRefusal ExtensionNotAllowed(IEnumerable<string> allowed) =>
        new(InvalidExtension, 415, "http.file-extension", $"Only the following file extensions are allowed: {string.Join(", ", allowed)}");

    public static HttpRefusal ExtensionBlocked(IEnumerable<string> blocked) =>
        new(InvalidExtension, 415, "http.file-extension", $"The following file extensions are not allowed: {string.Join(", ", blocked)}");

    public static HttpRefusal MimeTypeNotAllowed(IEnumerable<string> allowed) =>
        new(InvalidMimeType, 415, "http.file-type", $"Only the following MIME types are allowed: {string.Join(", ", allowed)}");

    public HttpReply ToReply() =>
        new(StatusCode, "application/json", Encoding.UTF8.GetBytes(ValueJson.ToText(PlainObject.Of(("message", Message), ("code", Code)))));

    public WorkflowFaultException ToFault() => new(Message, Code, "HTTP");
}
