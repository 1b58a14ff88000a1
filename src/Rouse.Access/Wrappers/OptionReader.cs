using System;
using System.Collections.Immutable;
using System.Text;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The third and later fields of a rule (hosts_options(5)). With the first option that cannot be understood the rule denies, as the
/// original's does; options before it are carried out, those behind it are not read.
/// </summary>
internal readonly struct OptionReader(RuleLine line, RuleFindings findings)
{
    private const string Blanks = " \t\r\n";
    private const string Space = " \t\n\v\f\r";

    /// <param name="start">Where the options begin in the line: behind the second colon.</param>
    public ImmutableArray<WrapperOption> Read(int start)
    {
        ImmutableArray<WrapperOption>.Builder options = ImmutableArray.CreateBuilder<WrapperOption>();
        int at = start;
        bool isLast = false;
        while (!isLast)
        {
            int fieldStart = at;
            string field = NextField(ref at, out isLast);
            bool afterCommand = options.Count > 0 && options[^1].Kind is WrapperOptionKind.Spawn or WrapperOptionKind.AclExec;
            WrapperOption option = ReadOption(field, fieldStart, at, isLast, afterCommand);
            options.Add(option);
            if (option.Kind == WrapperOptionKind.Bad)
            {
                break;
            }
        }

        return options.ToImmutable();
    }

    // Up to the next colon without a backslash before it; a backslash before a colon goes away, any other stays.
    private string NextField(ref int at, out bool isLast)
    {
        StringBuilder field = new();
        string text = line.Text;
        for (; at < text.Length; at++)
        {
            if (text[at] == ':')
            {
                at++;
                isLast = false;
                return field.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == ':')
            {
                at++;
            }

            field.Append(text[at]);
        }

        isLast = true;
        return field.ToString();
    }

    private WrapperOption ReadOption(string field, int start, int next, bool isLast, bool afterCommand)
    {
        int end = isLast ? next : next - 1;
        SourceSpan span = SpanOf(start, end);
        ReadOnlySpan<char> option = field.AsSpan().Trim(Space);
        int keyLength = option.IndexOfAny("=" + Blanks);
        ReadOnlySpan<char> key = keyLength < 0 ? option : option[..keyLength];
        ReadOnlySpan<char> value = keyLength < 0 ? "" : option[keyLength..].TrimStart(Blanks);
        if (value.StartsWith("="))
        {
            value = value[1..].TrimStart(Blanks);
        }

        if (key.IsEmpty)
        {
            return Bad(Codes.HostsNoOptionName, span, "there is no option between these colons", "Take the colon out");
        }

        if (!OptionTable.TryFind(key, out OptionRow row))
        {
            string advice = afterCommand ? "A colon within a command is written \\:"
                : LooksLikeCommand(option) ? "Write spawn before a command" : "See hosts_options(5)";
            return Bad(Codes.HostsUnknownOption, span, $"there is no option {Quoted.Of(key.ToString())}", advice);
        }

        if (value.IsEmpty && row.Value == OptionValue.Needed)
        {
            return Bad(Codes.HostsOptionValue, span, $"the option {row.Name} needs a value", $"Write {row.Name} {row.Example}");
        }

        if (!value.IsEmpty && row.Value == OptionValue.None)
        {
            return Bad(Codes.HostsOptionValue, span, $"the option {row.Name} takes no value", LateComment(value));
        }

        if (!isLast && row.IsLast)
        {
            return Bad(Codes.HostsOptionNotLast, span, $"the option {row.Name} must be the last one", "Take out what stands behind it");
        }

        WrapperOption read = new() { Kind = row.Kind, Value = value.ToString(), Span = span };
        if (!OptionTable.TryReadValue(row, value, ref read))
        {
            return Bad(Codes.HostsOptionValue, span, $"{Quoted.Of(read.Value)} is no value for {row.Name}", $"Write {row.Name} {row.Example}");
        }

        ReportExpansions(row, read);
        return read;
    }

    private WrapperOption Bad(string code, SourceSpan span, string what, string advice)
    {
        findings.Error(code, span, $"{what}: the rule denies whomever it fits. {advice}");
        return new WrapperOption { Kind = WrapperOptionKind.Bad, Value = "", Span = span };
    }

    private void ReportExpansions(in OptionRow row, WrapperOption option)
    {
        if (row.IsExpanded && WrapperExpansion.FindUnknown(option.Value) is { } unknown)
        {
            findings.Warning(
                Codes.HostsExpansion, option.Span, $"%{unknown} is no expansion and vanishes. Write %% for a percent sign");
        }
    }

    private SourceSpan SpanOf(int start, int end)
    {
        ReadOnlySpan<char> field = line.Text.AsSpan(start, end - start);
        int blanks = field.Length - field.TrimStart(Space).Length;
        int length = field.Trim(Space).Length;
        return length == 0 ? line.SpanOf(Math.Max(start - 1, 0), 1) : line.SpanOf(start + blanks, length);
    }

    private static string LateComment(ReadOnlySpan<char> value) =>
        value.StartsWith("#") ? "A comment is a line of its own" : "Take it out";

    private static bool LooksLikeCommand(ReadOnlySpan<char> option) => option.ContainsAny("/(|>&");
}
