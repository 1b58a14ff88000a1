using System;
using System.Text;
using Rouse.Config.Syntax;

namespace Rouse.Runlevels.Xinetd;

/// <summary>What the comments of a file of xinetd.d say: <c># default: on|off</c>, <c># description: …</c>. chkconfig(8).</summary>
public sealed record XinetdHeader
{
    /// <summary>Null where the file does not say.</summary>
    public bool? IsOnByDefault { get; init; }

    public string Description { get; init; } = "";

    internal static XinetdHeader Read(SyntaxTree tree)
    {
        XinetdHeader header = new();
        bool isDescribing = false;
        foreach (Line line in tree.Lines)
        {
            if (line.Kind != LineKind.Comment)
            {
                isDescribing = false;
                continue;
            }

            string text = Encoding.Latin1.GetString(tree.File.Bytes.Slice(line.Range.Start, line.Range.Length)).Trim().TrimStart('#').Trim();
            if (isDescribing)
            {
                isDescribing = text.EndsWith('\\');
                header = header with { Description = (header.Description + " " + Cut(text)).Trim() };
            }
            else if (text.StartsWith("default:", StringComparison.Ordinal))
            {
                string value = text["default:".Length..].Trim();
                header = header with { IsOnByDefault = value switch { "on" => true, "off" => false, _ => header.IsOnByDefault } };
            }
            else if (text.StartsWith("description:", StringComparison.Ordinal))
            {
                string value = text["description:".Length..].Trim();
                isDescribing = value.EndsWith('\\');
                header = header with { Description = Cut(value) };
            }
        }

        return header;
    }

    private static string Cut(string text) => text.EndsWith('\\') ? text[..^1].TrimEnd() : text;
}
