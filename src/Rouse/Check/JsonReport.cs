using System.Buffers;
using System.Text;
using System.Text.Json;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Tools.Check;

/// <summary>
/// Findings for programs. <c>format</c> is raised when a field changes its meaning. Configuration is bytes and JSON is not: what is no
/// UTF-8 shows as U+FFFD, and offset and length count the file's bytes.
/// </summary>
internal static class JsonReport
{
    private const int Format = 1;

    public static void Write(Configuration configuration, IBufferWriter<byte> destination)
    {
        using (Utf8JsonWriter json = new(destination, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, Format);
            json.WriteBoolean("defaultsBroken"u8, configuration.DefaultsBroken);
            json.WriteBoolean("structureBroken"u8, configuration.StructureBroken);
            json.WriteStartArray("files"u8);
            foreach (SourceFile file in configuration.Files)
            {
                json.WriteStringValue(Utf8(file.Path));
            }

            json.WriteEndArray();
            json.WriteStartArray("services"u8);
            foreach (var service in configuration.Services)
            {
                WriteService(json, service.Name, service.Id, "runs", service.Span);
            }

            foreach (DisabledService service in configuration.Disabled)
            {
                WriteService(json, service.Name, service.Id, "disabled", service.Span);
            }

            foreach (BrokenService service in configuration.Broken)
            {
                WriteService(json, service.Name, service.Id, "leftOut", service.Span);
            }

            json.WriteEndArray();
            json.WriteStartArray("diagnostics"u8);
            foreach (Diagnostic diagnostic in configuration.Diagnostics)
            {
                WriteDiagnostic(json, diagnostic);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        destination.Write("\n"u8);
    }

    private static void WriteService(Utf8JsonWriter json, string name, string id, string state, SourceSpan span)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Utf8(name));
        json.WriteString("id"u8, Utf8(id));
        json.WriteString("state"u8, state);
        WriteSpan(json, span);
        json.WriteEndObject();
    }

    private static void WriteDiagnostic(Utf8JsonWriter json, in Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("code"u8, diagnostic.Code);
        json.WriteString(
            "severity"u8, diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "notice" });
        WriteSpan(json, diagnostic.Span);
        json.WriteString("message"u8, Utf8(diagnostic.Message));
        json.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter json, SourceSpan span)
    {
        if (span.File is null)
        {
            return;
        }

        (int line, int column) = span.File.Position(span.Start);
        json.WriteString("file"u8, Utf8(span.File.Path));
        json.WriteNumber("line"u8, line);
        json.WriteNumber("column"u8, column);
        json.WriteNumber("offset"u8, span.Start);
        json.WriteNumber("length"u8, span.Length);
    }

    private static string Utf8(string bytes) => Encoding.UTF8.GetString(SourceFile.Encode(bytes));
}
