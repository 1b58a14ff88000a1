using System;
using System.Buffers;
using System.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The expansions of hosts_access(5): <c>%a %A %c %d %h %H %n %N %p %r %R %s %u %%</c>. What they stand for may come from the peer and
/// goes to a shell, so every byte of it that is no letter, no digit and none of <c>!@%-_=+:,./</c> becomes <c>_</c>.
/// </summary>
public static class WrapperExpansion
{
    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private const string Letters = "aAcdhHnNprRsu%";

    /// <summary>The text with its expansions put in, or null where it has become <paramref name="room"/> bytes or longer.</summary>
    /// <param name="text">The text. A percent sign at its very end stands for itself, an unknown letter for nothing.</param>
    /// <param name="request">Who asks. Names that nobody has asked for are <c>unknown</c>.</param>
    /// <param name="processId">For <c>%p</c>.</param>
    /// <param name="room">The original's buffers: 8,192 for options, 16,384 for a line of a banner.</param>
    public static string? Expand(string text, in WrapperRequest request, int processId, int room = 8192)
    {
        StringBuilder expanded = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
            }
            else
            {
                i++;
                expanded.Append(Sanitize(Value(text[i], request, processId)));
            }

            if (expanded.Length >= room - 1)
            {
                return null;
            }
        }

        return expanded.ToString();
    }

    /// <summary>Every unsafe byte made <c>_</c>.</summary>
    public static string Sanitize(string text)
    {
        int unsafeAt = text.AsSpan().IndexOfAnyExcept(Safe);
        return unsafeAt < 0 ? text : string.Create(text.Length, text, static (safe, from) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                safe[i] = Safe.Contains(from[i]) ? from[i] : '_';
            }
        });
    }

    /// <summary>The first letter behind a percent sign that is no expansion; null where there is none.</summary>
    internal static char? FindUnknown(string text)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '%' && !Letters.Contains(text[++i], StringComparison.Ordinal))
            {
                return text[i];
            }
        }

        return null;
    }

    private static string Value(char letter, in WrapperRequest request, int processId) => letter switch
    {
        'a' => ClientAddress(request),
        'A' => ServerAddress(request),
        'c' => Client(request),
        'd' => request.Daemon,
        'h' => NameOrAddress(request.ClientName, ClientAddress(request)),
        'H' => NameOrAddress(request.ServerName, ServerAddress(request)),
        'n' => NameOf(request.ClientName),
        'N' => NameOf(request.ServerName),
        'p' => processId.ToString(),
        'r' => (request.ClientPort ?? 0).ToString(),
        'R' => (request.ServerPort ?? 0).ToString(),
        's' => Server(request),
        'u' => NameOf(request.User),
        '%' => "%",
        _ => "",
    };

    private static string ClientAddress(in WrapperRequest request) =>
        request.ClientSpelling ?? (request.Client is { } client ? WrapperAddress.ToText(client) : WrapperName.UnknownWord);

    private static string ServerAddress(in WrapperRequest request) =>
        request.ServerSpelling ?? (request.Server is { } server ? WrapperAddress.ToText(server) : WrapperName.UnknownWord);

    private static string NameOf(in WrapperName name) => name.IsAsked ? name.Text : WrapperName.UnknownWord;

    private static string NameOrAddress(in WrapperName name, string address)
    {
        string text = NameOf(name);
        return AsciiText.Same(text, WrapperName.UnknownWord) || AsciiText.Same(text, WrapperName.ParanoidWord) ? address : text;
    }

    // user@host if the user was asked for and is known.
    private static string Client(in WrapperRequest request)
    {
        string host = NameOrAddress(request.ClientName, ClientAddress(request));
        string user = NameOf(request.User);
        return AsciiText.Same(user, WrapperName.UnknownWord) ? host : $"{user}@{host}";
    }

    // daemon@host if anything is known of the server's end.
    private static string Server(in WrapperRequest request)
    {
        string host = NameOrAddress(request.ServerName, ServerAddress(request));
        return AsciiText.Same(host, WrapperName.UnknownWord) ? request.Daemon : $"{request.Daemon}@{host}";
    }
}
