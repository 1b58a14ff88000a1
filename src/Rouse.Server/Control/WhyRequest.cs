using System;
using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Config.Text;

namespace Rouse.Server.Control;

/// <summary>
/// The members of a <c>why</c> as they are written: <c>client</c> and <c>server</c> are addresses; <c>at</c> is a minute of the day; names
/// may be <c>unknown</c> or <c>paranoid</c>, as in tcpdmatch(8); <c>netgroups</c> holds words of the form <c>c:NAME=1</c>, with <c>s</c> for the
/// server's end and 0 for no member. What is empty has not been asked.
/// </summary>
public sealed record WhyRequest
{
    public string Client { get; init; } = "";

    public long? At { get; init; }

    public string ClientName { get; init; } = "";

    public string Server { get; init; } = "";

    public string ServerName { get; init; } = "";

    public string User { get; init; } = "";

    public string Netgroups { get; init; } = "";

    /// <summary>A request with one more member; null where it is none of these.</summary>
    internal static WhyRequest? With(WhyRequest? request, string member, string text, long? number)
    {
        WhyRequest now = request ?? new();
        return member switch
        {
            "client" => now with { Client = text },
            "at" => now with { At = number },
            "name" => now with { ClientName = text },
            "server" => now with { Server = text },
            "servername" => now with { ServerName = text },
            "user" => now with { User = text },
            "netgroups" => now with { Netgroups = text },
            _ => null,
        };
    }

    internal void Write(JsonLine json)
    {
        json.Text("client", Client);
        json.Number("at", At);
        json.Text("name", ClientName);
        json.Text("server", Server);
        json.Text("servername", ServerName);
        json.Text("user", User);
        json.Text("netgroups", Netgroups);
    }

    /// <summary>The question; null, and what is wrong with it, where it is none.</summary>
    internal WhyQuestion? Read(out string fault)
    {
        const int MinutesADay = 24 * 60;
        fault = "";
        if (!AddressText.TryRead(SourceFile.Encode(Client), out IpAddress client))
        {
            fault = $"'{Client}' is no address of a client";
            return null;
        }

        IpAddress server = default;
        if (Server.Length > 0 && !AddressText.TryRead(SourceFile.Encode(Server), out server))
        {
            fault = $"'{Server}' is no address of a server";
            return null;
        }

        if (At is < 0 or >= MinutesADay)
        {
            fault = $"a day has the minutes 0 to {MinutesADay - 1}";
            return null;
        }

        return new WhyQuestion
        {
            Client = client,
            MinuteOfDay = (int?)At,
            ClientName = NameOf(ClientName),
            Server = Server.Length > 0 ? server : null,
            ServerName = NameOf(ServerName),
            User = NameOf(User),
            Netgroups = ReadNetgroups(),
        };
    }

    private static WrapperName NameOf(string text) => text switch
    {
        "" => WrapperName.NotAsked,
        "unknown" => WrapperName.Unknown,
        "paranoid" => WrapperName.Paranoid,
        _ => WrapperName.Known(text),
    };

    private ImmutableArray<NetgroupAnswer> ReadNetgroups()
    {
        ImmutableArray<NetgroupAnswer>.Builder answers = ImmutableArray.CreateBuilder<NetgroupAnswer>();
        foreach (string word in Netgroups.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.LastIndexOf('=');
            if (equals > 2 && word[1] == ':')
            {
                answers.Add(new NetgroupAnswer(word[2..equals], word[0] == 's', word.EndsWith('1')));
            }
        }

        return answers.ToImmutable();
    }
}
