using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>
/// The original asks /etc/hosts.allow and /etc/hosts.deny about every peer. This version does not read those rules yet, so where there
/// are any, a service that does not ask to be spared them (NOLIBWRAP) is left out: it would otherwise be open to peers that they refuse.
/// </summary>
internal sealed class TcpWrappers(IConfigHost host)
{
    private string? _firstRule;

    public void Check(Draft service)
    {
        _firstRule ??= FindRule("/etc/hosts.allow") ?? FindRule("/etc/hosts.deny") ?? "";
        if (_firstRule.Length > 0 && !service.Is(ServiceFlags.NoLibwrap))
        {
            service.Fail(
                Codes.TcpWrappersRules,
                service.Span,
                $"{_firstRule}, and this version does not read tcp_wrappers rules yet",
                "If only_from and no_access are enough for this service, add NOLIBWRAP to its flags.");
        }
    }

    private string? FindRule(string path)
    {
        if (!host.TryReadFile(path, out byte[] bytes, out string reason))
        {
            // A file that is there but cannot be read may hold anything.
            return host.KindOf(path) == PathKind.Missing ? null : $"{path} cannot be read ({reason})";
        }

        SourceFile file = new(path, bytes);
        for (int line = 1; line <= file.LineCount; line++)
        {
            ReadOnlySpan<byte> text = file.Line(line).Trim(" \t\r\v\f"u8);
            if (!text.IsEmpty && text[0] != (byte)'#')
            {
                return $"{path}:{line} has a rule";
            }
        }

        return null;
    }
}
