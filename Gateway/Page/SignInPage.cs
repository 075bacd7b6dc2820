using System.Text.Encodings.Web;
using Lyceum.Gateway.Institution;

namespace Lyceum.Gateway.Page;

/// <summary>The way to the institution's sign-in, where there is one, and the form for a token: one page without a script.</summary>
internal static class SignInPage
{
    public static string Html(bool isTokenRefused, (string Name, string Path)? institution, SignInFailure? failure) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Sign in · Lyceum</title>
          <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f5f7, #15171c); color: light-dark(#1c2330, #e6e8ee); }
            main { width: min(24rem, 100vw - 3rem); padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1e2129); box-shadow: 0 8px 30px rgb(0 0 0 / .12); box-sizing: border-box; }
            h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
            p { margin: 0 0 1.25rem; color: light-dark(#566072, #a0a8b8); }
            label { display: block; font-weight: 600; margin-bottom: .35rem; }
            input, button { width: 100%; box-sizing: border-box; font: inherit; padding: .6rem .75rem; border-radius: 8px; }
            input { border: 1px solid light-dark(#c4cad6, #414857); background: transparent; color: inherit; }
            button, .institution { margin-top: 1rem; border: 0; background: #3454d1; color: #fff; font-weight: 600; cursor: pointer; }
            .institution { display: block; margin: 0; padding: .6rem .75rem; border-radius: 8px; text-align: center; text-decoration: none; overflow-wrap: anywhere; }
            .institution ~ form { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid light-dark(#dfe3ea, #343a47); }
            .institution ~ form button { background: transparent; color: inherit; border: 1px solid light-dark(#c4cad6, #414857); }
            :focus-visible { outline: 3px solid light-dark(#8fa5ff, #6c86ff); outline-offset: 1px; }
            .refused { margin: .6rem 0; color: light-dark(#a4262c, #ff8f8f); }
          </style>
        </head>
        <body>
          <main>
            <h1>Lyceum</h1>
            <p>Notebooks with a tutor.</p>
            {{Institution(institution, failure)}}
            <form method="post" action="/signin">
              <label for="token">Your token</label>
              <input id="token" name="token" type="password" autocomplete="current-password" required{{(institution is null ? " autofocus" : "")}}>
              {{(isTokenRefused ? "<p class=\"refused\" role=\"alert\">That token is not known here. Ask who gave it to you for a new one.</p>" : "")}}
              <button type="submit">Sign in</button>
            </form>
          </main>
        </body>
        </html>
        """;

    private static string Institution((string Name, string Path)? institution, SignInFailure? failure) => institution is not var (name, path) ? "" : $"""
        {(failure is { } reason ? $"<p class=\"refused\" role=\"alert\">{Encode(Sentence(reason, name))}</p>" : "")}
            <a class="institution" href="{Encode(path)}">Sign in with {Encode(name)}</a>
        """;

    private static string Sentence(SignInFailure failure, string name) => failure switch
    {
        SignInFailure.Cancelled => $"You have not been signed in: the sign-in at {name} was broken off.",
        SignInFailure.Outdated => "That sign-in was begun too long ago, or in another browser. Try it again.",
        SignInFailure.Unreachable => $"The sign-in at {name} does not answer at the moment. Try it again in a few minutes.",
        SignInFailure.Nameless => $"The sign-in at {name} did not say which verified address is yours. Ask whoever looks after your account there.",
        SignInFailure.NotAllowed => $"Your account at {name} is not one of those that are let in here. If you have another, sign in with that one.",
        SignInFailure.Unlisted => "You are not on the list of a course here. Ask your instructor to add the address that you sign in with.",
        _ => $"What the sign-in at {name} answered could not be trusted. Try it again; if it stays so, tell whoever looks after Lyceum.",
    };

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
