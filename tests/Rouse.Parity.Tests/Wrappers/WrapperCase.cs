using System;
using System.Text;

namespace Rouse.Parity.Tests.Wrappers;

/// <summary>A pair of rule files and a request, made from a number: the same number makes the same case.</summary>
internal sealed record WrapperCase(string Allow, string Deny, string Daemon, string Client)
{
    private static readonly string[] Daemons = ["in.telnetd", "sshd", "ftpd", "in.ftpd", "in.telnet", "IN.TELNETD", "80", "0"];

    private static readonly string[] DaemonPatterns =
        ["ALL", "all", "in.telnetd", "sshd", "ftpd", "SSHD", "in.*", "*d", "?shd", ".telnetd", "in.", "KNOWN", "0", "80", "65536", "99999999999",
         "UNKNOWN", "LOCAL", "@grp", "ALL@ALL", "sshd@192.168.1.1", "ALL@KNOWN", "ALL@server.example", "in.telnetd@LOCAL", "ALL@UNKNOWN",
         "ALL@.example", "sshd@", "@", "**", "in.telnetd*", "in.telnetd**", "[sshd]", "4294967296", "+80"];

    private static readonly string[] Servers = ["192.168.1.1", "server.example", "unknown", "paranoid", "::1", "alias.example", "nohost", "two.example"];

    private static readonly string[] Clients =
        ["192.168.1.7", "192.168.1.8", "10.1.2.3", "127.0.0.1", "::1", "2001:db8::1", "2001:DB8::1", "::ffff:192.168.1.7", "::ffff:c0a8:107", "fe80::1",
         "host.example", "two.example", "alias.example", "liar.example", "local", "six.example", "UPPER.example", "many.example", "unknown", "paranoid",
         "Paranoid", "nohost.example", "127.1", "192.168.001.7", "0x7f.0.0.1", "255.255.255.255", "0.0.0.0", "1.2.3", "::", "numeric.example", "mixed.example",
         "::1.2.3.4", "fe80::1%lo", "172.16.5.4", "a.b.c.example", "localhost", "mapped.example", "link.example", "other.example", "[::1]", "192.168.1.7.", ".example", "10.1.2.300"];

    private static readonly string[] Users = ["root", "nobody", "unknown", "a b", "x$y", "", "KNOWN", "User.Name", "verylongusername"];

    private static readonly string[] HostPatterns =
        ["ALL", "all", "LOCAL", "KNOWN", "UNKNOWN", "PARANOID", "known", "unknown", "local", "host.example", ".example", ".EXAMPLE", "two.example", ".c.example",
         "192.168.1.7", "192.168.1.", "192.168.", "10.", "127.0.0.1", "192.168.1.0/24", "192.168.1.0/255.255.255.0", "192.168.1.7/32",
         "10.0.0.0/8", "10.0.0.0/255.0.0.0", "0.0.0.0/0.0.0.0", "10.1.2.3/255.255.255.255", "10.0.0.3/255.0.0.255", "192.168.0.0/16", "128.0.0.0/1",
         "[::1]", "[2001:db8::]/32", "[2001:db8::1]", "[fe80::]/10", "[::]/0", "[2001:db8::1]/128", "[2001:db8::ffff]/64", "[fe80::1%lo]", "[2001:0db8:0::1]",
         "*.example", "192.168.*", "10.?.2.3", "*", "h*t.example", "??.example", "*1", "*n*", "h**", "host.example**", "2001*", "*.*.example",
         "/mnt/list", "/mnt/empty", "/mnt/missing", "/mnt/names", "/mnt/nested", "@grp", "@hosts", "@nogroup", "host.", "two.", "liar.example", "alias.example", "upper.EXAMPLE",
         ".7", ".1.7", "localhost", "many.example", "0.0.0.0", "server.example", "numeric.example", "#", "172.16.0.0/12", "172.16.5.4/30"];

    // What the original can never match, and what it cannot understand.
    private static readonly string[] BadPatterns =
        ["192.168.1.7/24", "192.168.1", "10", "300.1.2.3", "192.168.1.7/0", "192.168.1.7/33", "192.168.1.0/24x", "10.1.2.3/", "foo/bar", "10.1/16",
         "[::1", "::1]", "[zz]", "[::1]/129", "[10.0.0.0]/8", "[::ffff:192.168.1.7]", "192.168.1.0/255.255.255.256", "192.168.01.7", "192.168.1.7.",
         "*.0/8", ".ex*", "10.*.", "2001:db8::1", "1.2.3.4/1.2.3", "[]", "[::1]/x", "010.0.0.0/8", "0.0.0.0/0", "[::ffff:0:0]/96", "/mnt/loop", "/mnt", ".", "..", "..7"];

    private static readonly string[] UserPatterns = ["ALL", "root", "KNOWN", "UNKNOWN", "nobody", "r*", ".Name", "User.", "a_b", "@grp", "x?y", "[root]"];

    private static readonly string[] Options =
        ["allow", "ALLOW", "deny", "Deny", "spawn echo %a %c", "twist /bin/echo %h", "severity auth.info", "severity notice", "severity foo", "severity mail.foo",
         "keepalive", "linger 5", "linger -1", "linger x", "nice", "nice 5", "nice x", "rfc931", "rfc931 5", "rfc931 0", "setenv FOO bar", "setenv A=B c",
         "setenv FOO", "setenv", "umask 022", "umask 0999", "umask 1000", "user nosuchuser", "group nosuchgroup", "user nosuchuser.nosuchgroup", "banners /mnt/banners",
         "banners /mnt/nobanners", "banners /mnt/brackets", "aclexec /bin/false", "aclexec", "spawn", "twist", "bogus", "bogus=1", "severity=auth.info", "linger = 5",
         "linger == 5", "spawn a\\:b", "spawn %q%", "keepalive yes", "", " ", "allow x", "severity  local7.debug", "severity authpriv.info", "nice = -3",
         "umask=22", "setenv %u x", "setenv %d %c", "spawn x\\y", "twist %%", "spawn [ -x : ]", "linger\t7"];

    public static WrapperCase Make(int number)
    {
        Random random = new(number);
        string daemon = Pick(random, Daemons);
        if (Chance(random, 25))
        {
            daemon += "@" + Pick(random, Servers);
        }
        else if (Chance(random, 3))
        {
            daemon = Chance(random, 50) ? "/usr/sbin/" + daemon : "in.te$t d";
        }

        string client = Pick(random, Clients);
        if (Chance(random, 40))
        {
            client = Pick(random, Users) + "@" + client;
        }

        return new WrapperCase(MakeFile(random), MakeFile(random), daemon, client);
    }

    public override string ToString() => $"{Daemon} {Client}\n--- hosts.allow\n{Allow}\n--- hosts.deny\n{Deny}";

    private static string MakeFile(Random random)
    {
        StringBuilder file = new();
        int rules = random.Next(0, 5);
        for (int i = 0; i < rules; i++)
        {
            file.Append(MakeLine(random));
        }

        string text = file.ToString();
        if (text.Length > 0 && Chance(random, 3))
        {
            text = text[..^1];
        }

        return text;
    }

    private static string MakeLine(Random random)
    {
        switch (random.Next(40))
        {
            case 0:
                return "# comment" + (Chance(random, 30) ? "\\\n" : "\n");
            case 1:
                return Pick(random, "\n", "  \t\n", "\r\n", " # indented\n", "#\n", "\f\n");
            case 2:
                return Pick(random, "ALL ALL\n", "sshd\n", "ALL:\n", ":ALL\n", ":\n", "ALL:ALL:\n", "[:ALL\n", "a]b: ALL\n", "::\n", "ALL:ALL:::\n", "\\\n", "ALL: [ALL: ALL\n");
            case 3 when Chance(random, 30):
                return "ALL: " + new string('x', random.Next(2030, 2050)) + (Chance(random, 50) ? "\n" : " ALL\n");
            default:
                return MakeRule(random);
        }
    }

    private static string MakeRule(Random random)
    {
        string colon = Pick(random, ":", ": ", " : ", "\t:\t", " :");
        string rule = MakeList(random, r => Pick(r, DaemonPatterns), 35) + colon + MakeList(random, MakeClient, 10);
        int options = Chance(random, 35) ? random.Next(1, 4) : 0;
        for (int i = 0; i < options; i++)
        {
            rule += colon + Pick(random, Options);
        }

        if (Chance(random, 8))
        {
            int at = random.Next(rule.Length);
            rule = rule[..at] + Pick(random, "\\\n", "\\\n \t", "\\ \n", "\\\r\n") + rule[at..];
        }

        return rule + (Chance(random, 3) ? " \\\n\n" : Chance(random, 5) ? "\r\n" : "\n");
    }

    private static string MakeList(Random random, Func<Random, string> word, int percentAll)
    {
        StringBuilder list = new(Chance(random, percentAll) ? "ALL" : word(random));
        while (Chance(random, 35))
        {
            list.Append(Pick(random, " ", ",", ", ", "\t", " ,, ")).Append(Chance(random, 30) ? "EXCEPT " : "").Append(word(random));
        }

        return list.Append(Chance(random, 1) ? " EXCEPT" : "").ToString();
    }

    private static string MakeClient(Random random)
    {
        string host = Pick(random, Chance(random, 6) ? BadPatterns : HostPatterns);
        return Chance(random, 15) ? Pick(random, UserPatterns) + "@" + host : host;
    }

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private static bool Chance(Random random, int percent) => random.Next(100) < percent;
}
