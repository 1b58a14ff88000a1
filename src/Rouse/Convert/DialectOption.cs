using System.CommandLine;
using Rouse.Config.Inetd;

namespace Rouse.Tools.Convert;

/// <summary>--dialect: whose inetd.conf a file is.</summary>
internal static class DialectOption
{
    public static Option<string> New()
    {
        Option<string> option = new("--dialect")
        {
            Description = "Whose inetd.conf it is: debian, openbsd, inetutils, freebsd or netbsd",
            HelpName = "NAME",
            DefaultValueFactory = static _ => "debian",
        };
        option.AcceptOnlyFromAmong("debian", "openbsd", "inetutils", "freebsd", "netbsd");
        return option;
    }

    public static InetdGrammar Grammar(string? name) => InetdGrammar.Find(name ?? "debian") ?? InetdGrammar.Debian;
}
