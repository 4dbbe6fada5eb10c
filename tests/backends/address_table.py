"""Shapes of addresses as they are met, what each names, and where it is documented."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One address; ``expected``: base, what, id and post, or None where it names nothing of that software."""

    source: str
    software: str
    certainty: str
    address: str
    base: str
    what: str
    id: str
    post: str
    base_is_known: bool = False

    @property
    def expected(self) -> tuple[str, str, str, str] | None:
        """What `names` has to say."""
        return (self.base, self.what, self.id, self.post) if self.what else None


def _rows(source: str, software: str, certainty: str, base: str, lines: str, *, known: bool = False) -> list[Row]:
    """A line each: the address below the base, or whole, and what, id and post; a dash where there is nothing."""
    rows = []
    for line in lines.strip().splitlines():
        address, what, *rest = line.split()
        named, post = [*(word.replace("_", " ") for word in rest), "", ""][:2]
        at = address if re.match(r"[a-z]+:", address) else base + address
        what = "" if what == "-" else what
        rows.append(Row(source, software, certainty, at, base, what, "" if named == "-" else named, post, known))
    return rows


META = "https://meta.discourse.org"
FORUM = "https://forum.example.org"
FOLDER = "https://example.org/community/forum"

DISCOURSE = [
    *_rows(
        "discourse config/routes.rb, topics",
        "discourse",
        "certainly",
        META,
        """
        /t/poll-plugin/13                       topic 13
        /t/poll-plugin/13/                      topic 13
        /t/poll-plugin/13/7                     topic 13 7
        /t/poll-plugin/13/7?u=sam               topic 13 7
        /t/13                                   topic 13
        /t/13/7                                 topic 13 7
        /t/-/13/7                               topic 13 7
        /t/2024-in-review/2108/452              topic 2108 452
        /t/13.json                              topic 13
        /t/poll-plugin/13.rss                   topic 13
        /t/poll-plugin/13/7.json                topic 13 7
        /t/poll-plugin/13/last                  topic 13
        /t/poll-plugin/13/print                 topic 13
        /t/poll-plugin/13?page=2                topic 13
        /t/poll-plugin/13#reply                 topic 13
        /t/%E8%AF%9D%E9%A2%98/13/2              topic 13 2
        /n/poll-plugin/13/7                     topic 13 7
        /raw/13                                 topic 13
        /raw/13/7                               topic 13 7
        /posts/by_number/13/7.json              topic 13 7
        /t/poll-plugin                          -
        /t/poll-plugin/x                        -
        """,
    ),
    *_rows(
        "discourse config/routes.rb, posts, categories, tags, members, lists",
        "discourse",
        "perhaps",
        FORUM,
        """
        /p/398                                  post 398
        /p/398/42                               post 398
        /posts/398.json                         post 398
        /posts/398/raw                          post 398
        /c/support/6                            board 6
        /c/6                                    board 6
        /c/support/install/21                   board 21
        /c/support/6/none                       board 6
        /c/support/6/l/latest                   board 6
        /c/support/6/l/top?period=weekly        board 6
        /c/support/6/l/top/weekly               board 6
        /c/6/show.json                          board 6
        /c/support/6.rss                        board 6
        /tag/important                          tag important
        /tag/important/12                       tag important
        /tag/important/l/latest                 tag important
        /tags/important                         tag important
        /tags/c/support/6/important             tag important
        /tags/c/support/install/21/none/faq     tag faq
        /u/eviltrout                            member eviltrout
        /u/eviltrout/summary                    member eviltrout
        /u/some.body                            member some.body
        /u/eviltrout.json                       member eviltrout
        /users/eviltrout/activity               member eviltrout
        /search?q=dark%20mode%20order:latest    search dark_mode_order:latest
        /search?expanded=true&q=dark+mode       search dark_mode
        /latest                                 forum
        /latest.json                            forum
        /top/weekly                             forum
        /categories                             forum
        /unread                                 forum
        /c/support                              -
        /guidelines/of/the/house                -
        /my/preferences                         -
        """,
    ),
    *_rows(
        "discourse subfolder installs (DISCOURSE_RELATIVE_URL_ROOT)",
        "discourse",
        "perhaps",
        FOLDER,
        """
        /t/welcome/7/3                          topic 7 3
        /c/general/4                            board 4
        /latest                                 forum
        """,
    ),
    *_rows(
        "an account's base is known",
        "discourse",
        "perhaps",
        FOLDER,
        """
        /t/welcome/7/3                          topic 7 3
        http://example.org/community/forum/t/welcome/7    topic 7
        https://EXAMPLE.org:443/community/forum/t/7       topic 7
        https://example.org/community/forum     forum
        https://example.org/community/forum/    forum
        https://example.org/t/welcome/7         -
        https://example.org/community/forums/t/7          -
        https://other.example.org/community/forum/t/7     -
        https://example.org:8443/community/forum/t/7      -
        """,
        known=True,
    ),
    *_rows(
        "RFC 3986: ports and IPv6",
        "discourse",
        "perhaps",
        "http://[2001:db8::1]:3000",
        """
        /t/local/5/2                            topic 5 2
        http://[2001:DB8::1]:3000/t/local/5     topic 5
        """,
    ),
    *_rows(
        "RFC 5891: hosts in other scripts, and a dot at the end",
        "discourse",
        "perhaps",
        "https://xn--bcher-kva.example",
        """
        https://bücher.example/t/lesen/5        topic 5
        https://BÜCHER.example/t/lesen/5        topic 5
        https://xn--bcher-kva.example/t/lesen/5/2    topic 5 2
        https://xn--bcher-kva.example./t/lesen/5/3    topic 5 3
        """,
    ),
    *_rows(
        "hosted by its makers",
        "discourse",
        "certainly",
        "https://team.discourse.group",
        """
        /t/hello/1                              topic 1
        /                                       forum
        /guidelines                             -
        """,
    ),
]

HACKERNEWS = [
    *_rows(
        "the pages of news.ycombinator.com",
        "hackernews",
        "certainly",
        "https://news.ycombinator.com",
        """
        /                                       forum
        https://news.ycombinator.com            forum
        /news?p=2                               forum
        /newest                                 forum
        /ask                                    forum
        /front?day=2026-11-02                   forum
        /rss                                    forum
        /item?id=8863                           topic 8863
        http://news.ycombinator.com/item?id=8863    topic 8863
        https://News.YCombinator.com:443/item?id=8863    topic 8863
        https://www.news.ycombinator.com/item?id=8863    topic 8863
        /item?p=2&id=8863                       topic 8863
        /item?id=8863#9224                      topic 8863 9224
        /item?id=8863#up_9224                   topic 8863
        /reply?id=9224&goto=item%3Fid%3D8863    post 9224
        /user?id=pg                             member pg
        /threads?id=pg                          member pg
        /submitted?id=pg                        member pg
        /item?id=abc                            -
        /item                                   -
        /newsguidelines.html                    -
        /folder/item?id=8863                    -
        """,
    ),
    *_rows(
        "hn.algolia.com/api",
        "hackernews",
        "certainly",
        "https://news.ycombinator.com",
        """
        https://hn.algolia.com/?q=terminal+forum    search terminal_forum
        https://hn.algolia.com/?dateRange=all&page=0&query=apple&type=story    search apple
        https://hn.algolia.com/api/v1/items/8863    topic 8863
        https://hn.algolia.com/api/v1/users/pg  member pg
        https://hn.algolia.com/api/v1/search?query=apple&tags=poll    search apple
        """,
    ),
    *_rows(
        "HackerNews/API README",
        "hackernews",
        "certainly",
        "https://news.ycombinator.com",
        """
        https://hacker-news.firebaseio.com/v0/item/8863.json?print=pretty    topic 8863
        https://hacker-news.firebaseio.com/v0/user/jl.json    member jl
        https://hacker-news.firebaseio.com/v0/topstories.json    -
        """,
    ),
    *_rows(
        "hosts that only look like it",
        "hackernews",
        "no",
        "",
        """
        https://news.ycombinator.com.example.org/item?id=1    -
        https://ycombinator.com/item?id=1       -
        https://news.ycombinator.com@example.org/item?id=1    -
        https://news.ycombinator.com:8443/item?id=1    -
        https://news.ycombinator.com:x/item?id=1    -
        https://news.ycombinator.cοm/item?id=1    -
        https://[2001:db8::1/item?id=1          -
        https://example.org\\@news.ycombinator.com/item?id=1    -
        ftp://news.ycombinator.com/item?id=1    -
        """,
    ),
]

LOBSTERS = [
    *_rows(
        "lobsters config/routes.rb",
        "lobsters",
        "certainly",
        "https://lobste.rs",
        """
        /                                       forum
        /newest                                 forum
        /newest/page/3                          forum
        /hottest.json                           forum
        /top/1w                                 forum
        /page/2                                 forum
        /s/tdfoqh                               topic tdfoqh
        /s/tdfoqh/how_to_write_a_reader         topic tdfoqh
        /s/tdfoqh.json                          topic tdfoqh
        /s/tdfoqh/how_to_write_a_reader#c_ab12cd    topic tdfoqh ab12cd
        http://www.lobste.rs/s/tdfoqh#c_ab12cd  topic tdfoqh ab12cd
        /c/ab12cd                               post ab12cd
        /comments/ab12cd/reply                  post ab12cd
        /t/programming                          tag programming
        /t/c++.rss                              tag c++
        /t/web/page/2                           tag web
        /~msfjarvis                             member msfjarvis
        /~msfjarvis/threads                     member msfjarvis
        /search?q=terminal&what=stories&order=newest    search terminal
        /t/web,mobile                           -
        /s/short                                -
        /filters/edit                           -
        """,
    ),
    *_rows(
        "lobsters config/routes.rb, before 2023",
        "lobsters",
        "certainly",
        "https://lobste.rs",
        """
        /s/tdfoqh/how_to/comments/ab12cd        topic tdfoqh ab12cd
        /u/msfjarvis                            member msfjarvis
        /u/msfjarvis.json                       member msfjarvis
        /threads/msfjarvis                      member msfjarvis
        /newest/msfjarvis                       member msfjarvis
        """,
    ),
    *_rows(
        "sister sites",
        "lobsters",
        "perhaps",
        "https://gambe.ro",
        """
        /s/q1w2e3/una_storia#c_zzzzz9           topic q1w2e3 zzzzz9
        /folder/s/q1w2e3                        -
        """,
    ),
]

OURS = [
    *_rows(
        "docs/api.md",
        "remote",
        "perhaps",
        "https://forum.example/team",
        """
        /api/v1/topics/7                        topic 7
        /api/v1/topics/7/posts?place=end        topic 7
        /api/v1/posts/12                        post 12
        /api/v1/members/Ann%20Lee               member Ann_Lee
        /api/v1/forum                           forum
        /api/v1/openapi.json                    forum
        /                                       -
        """,
    ),
    *_rows("docs/hosting.md", "remote", "certainly", "unix:/run/forum.sock", "unix:/run/forum.sock forum"),
    *_rows("docs/forum-file.md", "local", "certainly", "file:///srv/team.db", "file:///srv/team.db forum"),
]

UNREAD = [
    *_rows(
        "nodebb openapi/read",
        "nodebb",
        "perhaps",
        FORUM,
        """
        /topic/136/long-thread                  topic 136
        /topic/136/long-thread/30               topic 136 30
        /topic/136                              topic 136
        /api/topic/136/long-thread              topic 136
        /post/269                               post 269
        /category/2/general-discussion          board 2
        /tags/terminal                          tag terminal
        /user/ann/topics                        member ann
        /search?term=soup&in=titlesposts        search soup
        /recent                                 forum
        """,
    ),
    *_rows(
        "nodebb relative_path",
        "nodebb",
        "perhaps",
        FOLDER,
        """
        /topic/136/long-thread/30               topic 136 30
        /category/2                             board 2
        """,
    ),
    *_rows(
        "flarum docs and framework routes",
        "flarum",
        "perhaps",
        "https://discuss.example.org",
        """
        /d/234-lorem-ipsum                      topic 234
        /d/234-lorem-ipsum/17                   topic 234 17
        /d/234                                  topic 234
        /t/support                              tag support
        /u/toby/discussions                     member toby
        /?q=soup                                search soup
        /all                                    forum
        /p/3-terms                              -
        """,
    ),
    *_rows(
        "lemmy-ui routes",
        "lemmy",
        "perhaps",
        "https://lemmy.example",
        """
        /post/180                               topic 180
        /post/180/552                           topic 180 552
        /comment/552                            post 552
        /c/selfhosted                           board selfhosted
        /c/selfhosted@other.example             board selfhosted@other.example
        /u/ann@other.example                    member ann@other.example
        /search?q=soup&type=All                 search soup
        """,
    ),
    *_rows(
        "mbin routes",
        "mbin",
        "perhaps",
        "https://mbin.example",
        """
        /m/linux/t/77/a-thread                  topic 77
        /m/linux/t/77/a-thread/comment/901      topic 77 901
        /m/linux                                board linux
        """,
    ),
    *_rows(
        "phpBB viewtopic.php, viewforum.php",
        "phpbb",
        "perhaps",
        "https://www.example.com/phpBB3",
        """
        /viewtopic.php?f=2&t=123                topic 123
        /viewtopic.php?t=123&start=25           topic 123
        /viewtopic.php?f=2&t=123&p=456#p456     topic 123 456
        /viewtopic.php?p=456#p456               post 456
        /viewforum.php?f=2                      board 2
        /memberlist.php?mode=viewprofile&u=48   member 48
        /index.php                              forum
        """,
    ),
    *_rows(
        "XenForo 2 routes",
        "xenforo",
        "perhaps",
        "https://www.example.com/community",
        """
        /threads/welcome-to-us.1234/            topic 1234
        /threads/welcome-to-us.1234/page-3#post-9876    topic 1234 9876
        /threads/welcome-to-us.1234/post-9876   topic 1234 9876
        /posts/9876/                            post 9876
        /forums/general.5/                      board 5
        /members/ann.77/                        member 77
        """,
    ),
    *_rows(
        "MyBB showthread.php",
        "mybb",
        "perhaps",
        FORUM,
        """
        /showthread.php?tid=12&pid=99#pid99     topic 12 99
        /showthread.php?pid=99                  post 99
        /forumdisplay.php?fid=4                 board 4
        """,
    ),
    *_rows(
        "SMF index.php",
        "smf",
        "perhaps",
        FORUM,
        """
        /index.php?topic=31.0                   topic 31.0
        /index.php?topic=31.msg412#msg412       topic 31.msg412 412
        /index.php?board=2.0                    board 2.0
        """,
    ),
    *_rows(
        "reddit.com, with its older and mobile hosts",
        "reddit",
        "certainly",
        "https://www.reddit.com",
        """
        /r/commandline/comments/abc12/a_reader/     topic abc12
        /r/commandline/comments/abc12/a_reader/k9x8z7/    topic abc12 k9x8z7
        /comments/abc12                         topic abc12
        /r/commandline                          board commandline
        /user/ann                               member ann
        """,
    ),
    *_rows(
        "reddit.com, with its older and mobile hosts",
        "reddit",
        "certainly",
        "https://old.reddit.com",
        """
        /r/commandline/comments/abc12/a_reader  topic abc12
        https://old.reddit.com/r/commandline/new    board commandline
        """,
    ),
    *_rows(
        "Stack Exchange help: links to posts",
        "stackexchange",
        "certainly",
        "https://stackoverflow.com",
        """
        /questions/11227809/why-is-it           topic 11227809
        /questions/11227809/why-is-it/11227902#11227902    topic 11227809 11227902
        /q/11227809                             topic 11227809
        /a/11227902/77                          post 11227902
        /questions/tagged/python                tag python
        /users/22656/ann                        member 22656
        """,
    ),
    *_rows(
        "docs.github.com: discussions",
        "github",
        "certainly",
        "https://github.com/orgname/project",
        """
        /discussions                            forum
        /discussions/12                         topic 12
        /discussions/12#discussioncomment-345   topic 12 345
        /discussions/categories/q-a             board q-a
        """,
    ),
    *_rows(
        "RFC 5538",
        "nntp",
        "certainly",
        "nntp://news.example.org",
        """
        nntp://news.example.org/comp.lang.c     board comp.lang.c
        nntp://news.example.org/comp.lang.c/1234    board comp.lang.c 1234
        nntp://news.example.org/                forum
        """,
    ),
    *_rows(
        "RFC 5538",
        "nntp",
        "certainly",
        "news:",
        """
        news:comp.lang.c                        board comp.lang.c
        news:a1b2c3@example.org                 post a1b2c3@example.org
        """,
    ),
]

NO_FORUMS = [
    "https://github.com/",
    "https://github.com/orgname/project",
    "https://github.com/orgname/project/issues/12",
    "https://en.wikipedia.org/wiki/Forum",
    "https://blog.example.org/2026/11/a-post.html",
    "https://www.example.com/discussions",
    "https://ycombinator.com/",
    "https://news.ycombinator.com.example.org/item?id=1",
    "https://lobste.rs.example.org/s/abcdef",
    "https://meta.discourse.org.example.org/t/x/1",
    "https://discourse.group/t/x/1",
    "mailto:ann@example.org",
    "ftp://example.org/forum",
    "javascript:alert(1)",
]
"""Of none of these the text is certain."""

TABLE = [*DISCOURSE, *HACKERNEWS, *LOBSTERS, *OURS, *UNREAD]
