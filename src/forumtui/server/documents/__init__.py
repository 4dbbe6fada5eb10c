"""What the API takes and gives, as its OpenAPI document describes it.

Answers are made by `forumtui.wire`; these classes describe them, and check what requests bring.  They are made from the
model's (`schema`), so that a field, its type and what it means are written once.
"""
