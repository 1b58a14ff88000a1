using System;
using System.Buffers;
using System.Globalization;
using Rouse.Config.Text;

namespace Rouse.Config.Diagnostics;

/// <summary>
/// The text form of a finding, for the daemon and the tools: <c>file:line:column: error: message [RS0042]</c>, the line, and a caret
/// below what is meant.
/// </summary>
public static class DiagnosticRenderer
{
    private const int LongestLine = 160;
    private const int ContextBefore = 60;

    public static string Render(in Diagnostic diagnostic)
    {
        ArrayBufferWriter<byte> buffer = new();
        Render(diagnostic, buffer);
        return SourceFile.Decode(buffer.WrittenSpan);
    }

    public static void Render(in Diagnostic diagnostic, IBufferWriter<byte> destination)
    {
        RenderHeadline(diagnostic, destination);
        destination.Write("\n"u8);
        if (diagnostic.Span.File is not null)
        {
            RenderSource(diagnostic.Span.File, diagnostic.Span, destination);
        }
    }

    /// <summary>The first line only, without its line end: what a log takes.</summary>
    public static string RenderHeadline(in Diagnostic diagnostic)
    {
        ArrayBufferWriter<byte> buffer = new();
        RenderHeadline(diagnostic, buffer);
        return SourceFile.Decode(buffer.WrittenSpan);
    }

    public static void RenderHeadline(in Diagnostic diagnostic, IBufferWriter<byte> destination)
    {
        SourceFile? file = diagnostic.Span.File;
        if (file is not null)
        {
            (int line, int column) = file.Position(diagnostic.Span.Start);
            VisibleText.Write(SourceFile.Encode(file.Path), destination);
            destination.Write(SourceFile.Encode(string.Create(CultureInfo.InvariantCulture, $":{line}:{column}: ")));
        }

        destination.Write(diagnostic.Severity switch
        {
            Severity.Error => "error: "u8,
            Severity.Warning => "warning: "u8,
            _ => "notice: "u8,
        });
        VisibleText.Write(SourceFile.Encode(diagnostic.Message), destination);
        destination.Write(SourceFile.Encode($" [{diagnostic.Code}]"));
    }

    private static void RenderSource(SourceFile file, SourceSpan span, IBufferWriter<byte> destination)
    {
        (int line, int column) = file.Position(span.Start);
        ReadOnlySpan<byte> text = file.Line(line);
        int start = Math.Min(column - 1, text.Length);
        int end = Math.Min(start + Math.Max(span.Length, 1), text.Length);
        (int from, int to) = Window(text, start);
        end = Math.Clamp(end, start, to);

        ReadOnlySpan<byte> before = from > 0 ? "  ..."u8 : "  "u8;
        destination.Write(before);
        VisibleText.Write(text[from..start], destination);
        int marked = VisibleText.Write(text[start..end], destination);
        VisibleText.Write(text[end..to], destination);
        destination.Write(to < text.Length ? "...\n"u8 : "\n"u8);

        // The same tabs stand before the caret, so that it is below its word whatever a tab is worth.
        destination.Write(from > 0 ? "     "u8 : "  "u8);
        WriteIndent(text[from..start], destination);
        destination.Write("^"u8);
        for (int i = 1; i < marked; i++)
        {
            destination.Write("~"u8);
        }

        destination.Write("\n"u8);
    }

    private static (int From, int To) Window(ReadOnlySpan<byte> text, int start)
    {
        if (text.Length <= LongestLine)
        {
            return (0, text.Length);
        }

        int from = Math.Max(0, start - ContextBefore);
        while (from < start && IsContinuation(text[from]))
        {
            from++;
        }

        int to = Math.Min(text.Length, from + LongestLine);
        while (to < text.Length && to > start && IsContinuation(text[to]))
        {
            to--;
        }

        return (from, to);
    }

    private static void WriteIndent(ReadOnlySpan<byte> text, IBufferWriter<byte> destination)
    {
        while (!text.IsEmpty)
        {
            int tab = text.IndexOf((byte)'\t');
            int columns = VisibleText.Write(tab < 0 ? text : text[..tab], Discard.Instance);
            for (int i = 0; i < columns; i++)
            {
                destination.Write(" "u8);
            }

            if (tab < 0)
            {
                return;
            }

            destination.Write("\t"u8);
            text = text[(tab + 1)..];
        }
    }

    private static bool IsContinuation(byte value) => (value & 0xc0) == 0x80;

    /// <summary>Takes what is only written to be measured.</summary>
    private sealed class Discard : IBufferWriter<byte>
    {
        private readonly byte[] _scratch = new byte[256];

        public static Discard Instance { get; } = new();

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _scratch;

        public Span<byte> GetSpan(int sizeHint = 0) => _scratch;
    }
}
